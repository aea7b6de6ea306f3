"""A program, a browser that looks at it, and what both must never do."""
import unittest

from Support.program import Program, find_binary

from .browser import Browser

BINARY = find_binary(".build/debug/portolan")


class BrowserTestCase(unittest.TestCase):
    """Tests of one class share a program and a window. After each the console must be silent."""
    program: Program
    browser: Browser

    @classmethod
    def setUpClass(cls):
        cls.program = Program(BINARY)
        cls.addClassCleanup(cls.program.kill)
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)
        cls.address = f"http://127.0.0.1:{cls.program.port}"

    def tearDown(self):
        self.assertEqual(self.complaints(), [], "the console complained")

    def complaints(self) -> list[str]:
        return self.browser.complaints()

    def open(self, target: str) -> None:
        self.browser.open(self.address + target)

    def open_search(self, target: str) -> None:
        """Opens a list and waits for it."""
        self.open(target)
        self.browser.until_text("#summary", "found")

    def rows(self) -> list[str]:
        """The results as they are seen."""
        return self.browser.run(
            "return [...document.querySelectorAll('#results li')].map((row) => row.innerText)")

    def wait_for_map(self) -> None:
        self.browser.until(lambda: self.browser.all("#legend li"), "the map never came")

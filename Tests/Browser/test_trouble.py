"""Servers that go away, are late or full, and names that would like to be markup."""
from Support.program import Program

from .browser import Browser
from .harness import BINARY, BrowserTestCase
from .stand_in import StandIn


class TroubleTestCase(BrowserTestCase):
    """The page comes from a stand-in, which a test may break."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stand_in = StandIn(cls.program.port)
        cls.addClassCleanup(cls.stand_in.stop)
        cls.address = cls.stand_in.address

    def complaints(self):
        """The console notes answers that did not come; nothing else may be in it."""
        return [line for line in super().complaints()
                if "Failed to load resource" not in line]


class AwayTests(TroubleTestCase):

    def test_the_page_outlives_its_server(self):
        browser = self.browser
        self.open_search("/?q=ssh")
        self.stand_in.stop()
        self.program.kill()
        browser.type("/")
        browser.press("end")
        browser.type("ell")
        browser.until_text("#trouble", "does not answer")
        self.assertEqual(browser.value("#q"), "sshell")
        self.assertTrue(self.rows(), "what was there is gone")
        type(self).program = Program(BINARY)
        self.addClassCleanup(self.program.kill)
        self.stand_in.upstream = self.program.port
        self.stand_in.start()
        browser.until_text("#results li", "614")
        self.assertEqual(browser.text("#trouble"), "")
        self.assertEqual(browser.value("#q"), "sshell")
        self.assertEqual(browser.path, "/?q=sshell")

    def test_one_need_not_wait_for_the_next_try(self):
        browser = self.browser
        self.open_search("/?q=ssh")
        self.stand_in.stop()
        browser.type("/")
        browser.type("telnet")
        browser.until_text("#trouble", "does not answer")
        self.stand_in.start()
        browser.click("#trouble button")
        browser.until_text("#results li", "23")
        browser.until(lambda: browser.text("#trouble") == "")


class BusyTests(TroubleTestCase):

    def tearDown(self):
        self.stand_in.status = self.stand_in.retry_after = None
        self.stand_in.delay_seconds = 0
        super().tearDown()

    def test_a_full_server_is_asked_again_when_it_said(self):
        browser = self.browser
        self.open_search("/?q=ssh")
        self.stand_in.status, self.stand_in.retry_after = 503, 1
        browser.type("/")
        browser.type("telnet")
        browser.until_text("#trouble", "busy (503)")
        self.stand_in.status = None
        browser.until_text("#results li", "23")
        self.assertEqual(browser.text("#trouble"), "")

    def test_a_late_answer_is_waited_for_and_told_of(self):
        browser = self.browser
        self.open_search("/?q=ssh")
        self.stand_in.delay_seconds = 2.5
        browser.type("/")
        browser.type("t")
        browser.until_text("#trouble", "slow")
        browser.until(lambda: browser.text("#trouble") == "")
        self.assertEqual(browser.value("#q"), "t")

    def test_an_answer_that_was_overtaken_is_never_drawn(self):
        browser = self.browser
        self.open_search("/?q=ssh")
        self.stand_in.delay_seconds = 0.4
        browser.type("/")
        for letter in "telnet":
            browser.type(letter)
        browser.run("window.drawn = []; new MutationObserver(() => drawn.push("
                    "document.querySelector('#results li')?.innerText ?? ''))"
                    ".observe(document.getElementById('results'), {childList: true})")
        browser.until_text("#results li", "telnet")
        self.assertTrue(all("telnet" in row for row in browser.run("return drawn")[-1:]))
        self.assertEqual(browser.path, "/?q=telnet")

    def test_a_map_that_came_late_is_drawn(self):
        self.stand_in.delay_seconds = 0.3
        self.open("/?view=map")
        self.wait_for_map()

    def test_a_stale_cursor_begins_the_list_anew(self):
        self.open_search("/?source=iana")
        self.stand_in.alter = lambda path, answer: answer
        self.browser.run(
            "const ask = window.fetch; window.fetch = (target, options) =>"
            "ask(target.replace(/cursor=[^&]*/, 'cursor=AAAAAAAAAAAAAAAAAAAAAAAA'), options)")
        self.browser.click("#more")
        self.browser.until(lambda: len(self.rows()) == 20)
        self.stand_in.alter = None
        self.browser.until(lambda: self.browser.text("#more").startswith("Show"))


HOSTILE = "<script>hacked=1</script><img src=x onerror=hacked=1>"


def make_hostile(path: str, answer: dict) -> dict:
    """Puts markup and links that run into everything that a site file may name."""
    if path.startswith(("/map", "/ranges")):
        return answer
    for item in answer.get("assignments", answer.get("items", [])):
        if "transports" in item:
            item.update(service=HOSTILE, name=HOSTILE, description=HOSTILE, aliases=[HOSTILE],
                        references=["javascript:hacked=1", HOSTILE], note=HOSTILE,
                        trojans=[HOSTILE], sources={"site": ["tcp"]})
            if "match" in item:
                item["match"] = {"kind": "word", "field": "name", "spans": [[0, 8]]}
    if "notes" in answer:
        answer["notes"] = [{"transports": [], "note": HOSTILE, "sources": {"site": []}}]
    return answer


class HostileNameTests(TroubleTestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stand_in.alter = make_hostile

    def assert_harmless(self, root: str) -> None:
        self.assertIsNone(self.browser.run("return window.hacked ?? null"))
        self.assertEqual(self.browser.all(f"{root} script, {root} img"), [])
        self.assertEqual(self.browser.all(f"{root} a[href^='javascript']"), [])

    def test_names_in_a_list_are_text(self):
        self.open_search("/?q=ssh")
        self.assertIn(HOSTILE, self.rows()[0])
        self.assertEqual(self.browser.text("#results mark"), HOSTILE[:8])
        self.assert_harmless("#results")

    def test_names_on_a_port_are_text(self):
        self.open("/?port=443")
        self.browser.until_text("#port", HOSTILE)
        self.browser.until_text(".neighbours", "<script>")
        self.assert_harmless("#port")

    def test_the_map_reads_names_as_text(self):
        self.open("/?view=map")
        self.wait_for_map()
        self.browser.run("document.getElementById('map').focus()")
        self.browser.press("home", *["arrow_right"] * 22)
        self.browser.until_text("#readout", "<script>")
        self.assert_harmless("#atlas")

"""Who cannot see, cannot point, or wants less: axe in both themes, and what axe cannot tell."""
from pathlib import Path

import axe_core_python

from .harness import BrowserTestCase

AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
VIEWS = {
    "/": "#fullness", "/?q=ssh": "#results", "/?q=qqqqzzzz": "#summary", "/?port=443": ".neighbours",
    "/?port=9090": ".neighbours", "/?view=map&q=http": "#legend", "/?view=ranges": "#ranges table",
    "/?view=free&size=50": "#blocks table", "/ports?q=ssh&format=html": "table",
    "/ports/443?format=html": "dl", "/ranges?format=html": "table",
}
PHONE = (390, 844)


class AxeTests(BrowserTestCase):

    def check(self, scheme: str, size: tuple[int, int]) -> None:
        self.browser.prefer(prefers_color_scheme=scheme)
        self.browser.resize(*size)
        for target, ready in VIEWS.items():
            with self.subTest(f"{target} {scheme} {size[0]}"):
                self.open(target)
                self.browser.until(lambda: self.browser.text(ready), f"{target} never came")
                self.browser.run(AXE)
                found = self.browser.driver.execute_async_script(
                    "const done = arguments[1];"
                    "axe.run(document, {runOnly: arguments[0]}).then(({violations, passes}) =>"
                    "done({violations: violations.map(({id, impact, nodes}) =>"
                    "  [id, impact, nodes.map((node) => node.target.join(' ') + ': '"
                    "   + node.failureSummary).join('; ')]), passes: passes.length}))", TAGS)
                self.assertEqual(found["violations"], [])
                self.assertGreater(found["passes"], 10)

    def test_axe_finds_nothing_in_the_light(self):
        self.check("light", (1280, 900))

    def test_axe_finds_nothing_in_the_dark(self):
        self.check("dark", (1280, 900))

    def test_axe_finds_nothing_on_a_phone(self):
        self.check("light", PHONE)


class PreferenceTests(BrowserTestCase):

    def background(self) -> str:
        return self.browser.run("return getComputedStyle(document.documentElement).backgroundColor")

    def test_a_theme_that_was_chosen_stays(self):
        self.browser.prefer(prefers_color_scheme="light")
        self.open("/")
        light = self.background()
        self.browser.click("#theme")
        self.browser.click("#theme")
        self.assertEqual(self.browser.text("#theme"), "Theme: dark")
        dark = self.background()
        self.assertNotEqual(light, dark)
        self.open("/?port=443")
        self.assertEqual(self.background(), dark)
        self.browser.click("#theme")
        self.assertEqual(self.background(), light)

    def test_nothing_moves_for_those_who_want_that(self):
        self.browser.prefer(prefers_reduced_motion="reduce")
        self.open_search("/?q=ssh")
        self.assertEqual(self.browser.run(
            "return [...document.querySelectorAll('*')].filter((element) =>"
            "getComputedStyle(element).transitionDuration !== '0s'"
            "|| getComputedStyle(element).animationName !== 'none').length"), 0)

    def test_no_width_scrolls_sideways(self):
        for width in (320, 390, 768, 1024, 1280, 1920):
            self.browser.resize(width, 900)
            for target in ("/", "/?q=postgres", "/?port=443", "/?view=map", "/?view=ranges",
                           "/?view=free"):
                self.open(target)
                self.browser.run("return new Promise((done) => setTimeout(done, 150))")
                self.assertLessEqual(
                    self.browser.run("return document.documentElement.scrollWidth"), width,
                    f"{target} at {width}")

    def test_the_whole_page_can_be_reached_by_tab_and_shows_the_focus(self):
        self.browser.resize(1280, 900)
        self.open_search("/?q=sshell")
        self.wait_for_map()
        self.browser.run("document.activeElement.blur()")
        seen = set()
        for _ in range(60):
            self.browser.press("tab")
            place = self.browser.run(
                "const element = document.activeElement; const style = getComputedStyle(element);"
                "return [element.id || element.innerText, element === document.body,"
                "style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2]")
            if place[1]:
                break
            self.assertTrue(place[2], f"the focus on {place[0]!r} is not seen")
            seen.add(place[0])
        self.assertTrue({"q", "map", "colours", "map-transport", "zoom-in", "theme", "slash"} <= seen,
                        seen)

    def test_a_view_that_was_opened_has_the_focus(self):
        self.open_search("/?q=ssh")
        self.browser.type("/")
        self.browser.press("arrow_down", "enter")
        self.browser.until(lambda: self.browser.run(
            "return document.activeElement === document.querySelector('#port h1')"))

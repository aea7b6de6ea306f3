"""Ports, ranges, free blocks: by link, by key, back and forward, and without scripts."""
import json

from .harness import BrowserTestCase


class DeepLinkTests(BrowserTestCase):

    def test_every_view_opens_by_its_address(self):
        for target, selector, part in (
                ("/", "#home h1", "which port is that"),
                ("/?q=ssh", "#results", "ssh"),
                ("/?port=443", "#port", "https"),
                ("/?port=0", "#port h1", "0"),
                ("/?port=65535", "#port", "unassigned"),
                ("/?view=map", "#map-table", "1,024"),
                ("/?view=ranges", "#ranges", "system"),
                ("/?view=free&transport=udp&range=system&size=5", "#blocks", "system")):
            with self.subTest(target):
                self.open(target)
                self.browser.until_text(selector, part)
                shown = self.browser.run(
                    "return [...document.querySelectorAll('[data-of]')]"
                    ".filter((view) => view.offsetParent).length")
                self.assertEqual(shown, 0 if "map" in target else 1)

    def test_an_address_that_says_nothing_leads_home(self):
        for target in ("/?port=99999", "/?port=%3Cscript%3E", "/?view=%3Cb%3E", "/?nothing=1"):
            self.open(target)
            self.browser.until_text("#home h1", "which port is that")

    def test_the_title_says_where_one_is(self):
        self.open("/?port=443")
        self.browser.until(lambda: self.browser.driver.title == "Port 443 – Portolan")


class HistoryTests(BrowserTestCase):

    def test_back_and_forward_lead_through_what_was_seen(self):
        browser = self.browser
        self.open("/")
        browser.until(lambda: browser.focused() == "q")
        browser.type("ssh")
        browser.until_text("#results:not([aria-busy]) li", "22")
        browser.press("arrow_down", "arrow_down", "enter")
        browser.until_text("#port h1", "1080")
        browser.driver.back()
        browser.until(lambda: browser.path == "/?q=ssh")
        self.assertEqual(browser.value("#q"), "ssh")
        browser.until(lambda: browser.focused().startswith("1080"),
                      "the focus is not on what was opened")
        browser.driver.back()
        browser.until(lambda: browser.path == "/")
        browser.until_text("#home h1", "which port")
        self.assertEqual(browser.value("#q"), "")
        browser.driver.forward()
        browser.until_text("#results li", "22")
        browser.driver.forward()
        browser.until_text("#port h1", "1080")

    def test_a_modified_click_is_left_to_the_browser(self):
        self.open_search("/?q=ssh")
        followed = self.browser.run(
            "const link = document.querySelector('#results a');"
            "const click = new MouseEvent('click',"
            "  {bubbles: true, cancelable: true, ctrlKey: true});"
            "let isOurs; addEventListener('click', (event) => {"
            "  isOurs = event.defaultPrevented; event.preventDefault(); }, {once: true});"
            "link.dispatchEvent(click); return isOurs")
        self.assertFalse(followed)


class PortTests(BrowserTestCase):

    def test_a_port_tells_all_that_the_API_does(self):
        self.open("/?port=9090")
        self.browser.until_text("#port", "prometheus")
        text = self.browser.text("#port")
        answer = json.loads(self.browser.run(
            "return fetch('/ports/9090').then((answer) => answer.text())"))
        for transport, state in answer["status"].items():
            self.assertIn(f"{transport} {state}", text)
        for item in answer["assignments"]:
            for part in (item["service"], item["name"], *item["aliases"], *item["sources"],
                         *item["references"]):
                self.assertIn(part, text)
        shown = self.browser.run("return document.querySelector('#port pre').textContent")
        self.assertEqual(json.loads(shown), answer)

    def test_references_are_linked_and_nothing_else_is(self):
        self.open("/?port=443")
        self.browser.until_text("#port", "RFC 9110")
        links = self.browser.run("return [...document.querySelectorAll('#port dd a')]"
                                 ".map((link) => link.href)")
        self.assertIn("https://www.rfc-editor.org/rfc/rfc9110", links)

    def test_the_neighbours_lead_on(self):
        self.open("/?port=443")
        self.browser.until_text(".neighbours", "444")
        self.browser.click(".neighbours a[href='/?port=444']")
        self.browser.until_text("#port", "snpp")
        self.assertIn("Port 444", self.browser.driver.title)

    def test_the_line_for_curl_is_right(self):
        self.open("/?port=22")
        self.browser.until_text(".command", "curl")
        self.assertIn(f"curl {self.address}/ports/22", self.browser.text(".command code"))
        self.browser.click(".command button")
        self.browser.until(lambda: self.browser.text(".command button") in ("Copied", "Selected"))

    def test_a_range_that_holds_the_port_is_named(self):
        self.open("/?port=6010")
        self.browser.until_text("#port", "6000–6063")


class RangeTests(BrowserTestCase):

    def test_the_bars_are_as_long_as_the_counts(self):
        self.open("/?view=ranges")
        self.browser.until_text("#ranges", "dynamic")
        for row in self.browser.run(
                "return [...document.querySelectorAll('#ranges tbody tr')].map((row) => ["
                "[...row.querySelectorAll('.bar > *')].map((part) => +part.style.flexGrow),"
                "[...row.querySelectorAll('.digits')]"
                ".map((cell) => +cell.innerText.replace(',', ''))])"):
            self.assertEqual(row[0], row[1])

    def test_the_demand_for_free_blocks_is_kept_in_the_address(self):
        self.open("/?view=free")
        self.browser.until_text("#blocks-summary", "blocks")
        self.browser.run("document.querySelector('#demand [name=transport]').focus()")
        self.browser.type("tcp")
        self.browser.until(lambda: self.browser.path == "/?view=free&transport=tcp")
        self.browser.find("#demand [name=size]").clear()
        self.browser.click("#demand [name=size]")
        self.browser.type("1000")
        self.browser.until(lambda: self.browser.path.endswith("size=1000"))
        self.browser.until(lambda: all(int(size) >= 1000 for size in self.browser.run(
            "return [...document.querySelectorAll('#blocks td:nth-child(3)')]"
            ".map((cell) => cell.innerText.replace(',', ''))")))


class NoScriptTests(BrowserTestCase):

    def test_a_form_still_searches(self):
        with self.browser.without_scripts():
            self.open("/")
            self.assertFalse(self.browser.find("#atlas").is_displayed())
            self.browser.find("#q").send_keys("postgers\n")
            self.browser.until(lambda: "postgers" in self.browser.driver.title)
            self.assertIn("postgresql", self.browser.find("main table").text)
            self.browser.find("main a[href^='/ports/5432']").click()
            self.assertEqual(self.browser.find("h1").text, "Port 5432")
            self.assertIn("tcp assigned", self.browser.find(".states").text)

    def test_every_link_of_the_page_leads_somewhere(self):
        with self.browser.without_scripts():
            self.open("/")
            targets = {link.get_attribute("href") for link in self.browser.all("a[href]")
                       if link.is_displayed()}
        for target in sorted(targets):
            if "#" not in target:
                self.browser.open(target)
                self.assertEqual(self.browser.run("return performance.getEntriesByType("
                                                  "'navigation')[0].responseStatus"), 200, target)

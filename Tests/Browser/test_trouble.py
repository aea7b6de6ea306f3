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
        browser.run("const ask = window.fetch; window.asked = 0;"
                    "window.fetch = (...request) => { asked++; return ask(...request); }")
        browser.type("/")
        browser.type("t")
        # After the fourth time in vain, four seconds pass until the next.
        browser.until(lambda: browser.run("return asked") >= 4)
        browser.until_text("#trouble", "does not answer")
        self.stand_in.start()
        browser.click("#trouble button")
        browser.until(lambda: browser.run("return asked") == 5)
        browser.until(lambda: browser.text("#trouble") == "")
        # The button is gone; who pressed it goes on typing.
        self.assertEqual(browser.focused(), "q")
        browser.press("end")
        browser.type("elnet")
        browser.until_text("#results li", "telnet")
        self.assertEqual(browser.path, "/?q=telnet")


class BusyTests(TroubleTestCase):

    def tearDown(self):
        self.stand_in.status = self.stand_in.retry_after = None
        self.stand_in.delay_seconds = 0
        self.stand_in.lets_through.set()
        super().tearDown()

    def test_a_full_server_is_asked_again_when_it_said(self):
        browser = self.browser
        self.open_search("/?q=ssh")
        self.stand_in.status, self.stand_in.retry_after = 503, 1
        browser.type("/")
        browser.type("telnet")
        browser.until_text("#trouble", "busy (503)")
        self.stand_in.status = None
        browser.until_text("#results li", "telnet")
        self.assertEqual(browser.text("#trouble"), "")

    def test_a_late_answer_leaves_who_is_in_the_list_where_they_are(self):
        self.choose_third("po", before="s")
        self.assertEqual(self.browser.focused(), self.rows()[0])
        self.browser.press("enter")
        self.browser.until_text("#port h1", "5432")

    def test_a_late_answer_without_the_row_leaves_its_place(self):
        self.choose_third("sq", before="l")
        self.assertEqual(self.browser.focused(), self.rows()[2])

    def test_a_late_answer_without_rows_leads_back_to_the_box(self):
        self.choose_third("ssh", before="qqzzxx")
        self.assertEqual(self.browser.focused(), "q")

    def choose_third(self, question: str, before: str) -> None:
        """Stands on the third answer to a question while more of it is typed and answered late."""
        browser = self.browser
        self.open_search(f"/?q={question}")
        first = self.rows()
        self.stand_in.lets_through.clear()
        browser.type("/")
        browser.press("end")
        browser.type(before)
        browser.press("arrow_down", "arrow_down", "arrow_down")
        self.assertEqual(browser.focused(), first[2])
        self.stand_in.lets_through.set()
        browser.until(lambda: not browser.all("#results[aria-busy]"))

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
        browser.run("window.drawn = []; new MutationObserver(() => drawn.push(location.search))"
                    ".observe(document.getElementById('results'), {childList: true})")
        for letter in "telnet":
            browser.type(letter)
        browser.until(lambda: "?q=telnet" in browser.run("return drawn"))
        browser.run("return new Promise((done) => setTimeout(done, 1000))")
        self.assertEqual(browser.run("return drawn").count("?q=telnet"), 1)
        self.assertIn("23", self.rows()[0])
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
        make_hostile("", item)
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


class HostileSiteTests(BrowserTestCase):
    """The same from a true file, through the program and without scripts too."""
    site = f'port,transports,name,owner,note\n4242,tcp,"{HOSTILE}","{HOSTILE}","{HOSTILE}"\n'

    def test_names_of_a_site_file_are_text(self):
        for target, selector in (("/?q=hacked", "#results"), ("/?port=4242", "#port"),
                                 ("/ports/4242?format=html", "main"),
                                 ("/ports?q=hacked&format=html", "main")):
            with self.subTest(target):
                self.open(target)
                self.browser.until_text(selector, HOSTILE)
                self.assertIsNone(self.browser.run("return window.hacked ?? null"))
                self.assertEqual(self.browser.all("main script, main img"), [])

    def test_the_site_s_own_are_labelled_and_come_first(self):
        self.open("/?port=4242")
        self.browser.until_text("#port .assignment h2", "site")
        self.browser.until_text(".neighbours", "4243")

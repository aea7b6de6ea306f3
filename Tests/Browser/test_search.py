"""The box, the list, the keys, and the filters."""
from .harness import BrowserTestCase


class TypingTests(BrowserTestCase):

    def test_it_answers_while_one_types(self):
        self.open("/")
        self.browser.until(lambda: self.browser.focused() == "q")
        for text, best in (("4", ""), ("43", ""), ("2", "432")):
            self.browser.type(text[-1])
            self.browser.until(lambda: self.rows() and self.rows()[0].startswith(best))
        self.browser.until_text("#results li", "432")
        self.assertEqual(self.browser.path, "/?q=432")
        self.assertEqual(self.browser.value("#q"), "432")

    def test_what_matched_is_marked(self):
        self.open_search("/?q=postgers")
        self.assertIn("5432", self.rows()[0])
        self.assertEqual(self.browser.text("#results mark"), "postgres")

    def test_the_question_in_the_address_is_the_one_in_the_box(self):
        self.open_search("/?q=remote+desktop&transport=tcp")
        self.assertEqual(self.browser.value("#q"), "remote desktop")
        self.assertIn("3389", self.rows()[0])
        pressed = self.browser.run("return [...document.querySelectorAll('.chip[aria-pressed=true]')]"
                                   ".map((chip) => chip.innerText.split(' ')[0])")
        self.assertEqual(pressed, ["tcp"])

    def test_nothing_found_is_said(self):
        self.open("/?q=qqqqzzzzxxxx")
        self.browser.until_text("#summary", "Nothing found")
        self.assertEqual(self.rows(), [])

    def test_what_cannot_be_asked_is_explained(self):
        self.open("/?q=ssh&transport=carrier-pigeon")
        self.browser.until_text("#summary", "cannot be asked")
        self.browser.complaints()  # the console notes the 400

    def test_markup_in_the_box_is_text(self):
        self.open("/")
        self.browser.type("<img src=x onerror=hacked=1>")
        self.browser.until_text("#summary", "found")
        self.assertIsNone(self.browser.run("return window.hacked ?? null"))


class KeyTests(BrowserTestCase):

    def test_a_slash_comes_to_the_box(self):
        self.open("/?port=443")
        self.browser.until_text("#port", "https")
        self.browser.press("tab")
        self.browser.type("/")
        self.assertEqual(self.browser.focused(), "q")
        self.assertEqual(self.browser.value("#q"), "")

    def test_the_slash_can_be_switched_off(self):
        self.open("/?port=443")
        self.browser.until_text("#port", "https")
        self.browser.click("#slash")
        self.browser.type("/")
        self.assertEqual(self.browser.focused(), "slash")
        self.browser.click("#slash")

    def test_arrows_choose_and_enter_opens(self):
        self.open_search("/?q=ssh")
        self.browser.type("/")
        self.browser.press("arrow_down", "arrow_down", "arrow_down")
        self.assertEqual(self.browser.focused(), self.rows()[2])
        self.browser.press("arrow_up", "home")
        self.assertEqual(self.browser.focused(), self.rows()[0])
        self.browser.press("enter")
        self.browser.until_text("#port h1", "22")
        self.assertEqual(self.browser.path, "/?port=22")

    def test_an_arrow_up_from_the_first_comes_back_to_the_box(self):
        self.open_search("/?q=ssh")
        self.browser.type("/")
        self.browser.press("arrow_down", "arrow_up")
        self.assertEqual(self.browser.focused(), "q")

    def test_enter_in_the_box_opens_the_best_even_before_it_is_there(self):
        self.open("/")
        self.browser.type("5432\n")
        self.browser.until_text("#port h1", "5432")
        self.assertEqual(self.browser.path, "/?port=5432")

    def test_escape_clears(self):
        self.open_search("/?q=ssh")
        self.browser.type("/")
        self.browser.press("escape")
        self.assertEqual(self.browser.value("#q"), "")
        self.assertEqual(self.browser.path, "/")
        self.browser.until_text("#home", "What is this port")

    def test_escape_in_the_list_comes_back_to_the_box(self):
        self.open_search("/?q=ssh")
        self.browser.type("/")
        self.browser.press("arrow_down", "escape")
        self.assertEqual(self.browser.focused(), "q")
        self.assertEqual(self.browser.value("#q"), "ssh")


class FilterTests(BrowserTestCase):

    def chip(self, name: str):
        return next(chip for chip in self.browser.all(".chip") if chip.text.startswith(name))

    def test_a_filter_narrows_and_is_kept_in_the_address(self):
        self.open_search("/?q=ssh")
        before = len(self.rows())
        self.chip("sctp").click()
        self.browser.until(lambda: 0 < len(self.rows()) < before)
        self.assertEqual(self.browser.path, "/?q=ssh&transport=sctp")
        self.assertTrue(all("sctp" in row for row in self.rows()))

    def test_two_values_of_one_filter_are_joined(self):
        self.open_search("/?q=http")
        self.chip("system").click()
        self.chip("dynamic").click()
        self.assertEqual(self.browser.path, "/?q=http&range=system,dynamic")

    def test_a_filter_tells_how_many_it_would_keep(self):
        self.open_search("/?q=ssh")
        shown = int(self.chip("sctp").text.split()[1])
        self.chip("sctp").click()
        self.browser.until_text("#summary", f"{shown} found")

    def test_other_filters_can_be_taken_away(self):
        self.open_search("/?first=6000&last=6010")
        self.assertTrue(all(row.startswith("60") for row in self.rows()))
        self.chip("first 6000").click()
        self.browser.until(lambda: self.browser.path == "/?last=6010")


class LongListTests(BrowserTestCase):

    def test_ten_thousand_results_are_walked_through(self):
        self.open_search("/?source=iana")
        total = int(self.browser.text("#summary").split()[0].replace(",", ""))
        self.assertGreaterEqual(total, 10_000)
        count = 20
        while self.browser.run("return !document.getElementById('more').hidden"):
            self.browser.run("document.getElementById('more').click()")
            before = count
            self.browser.until(lambda: self.count() > before)
            count = self.count()
        self.assertEqual(count, total)
        ports = self.browser.run("return [...document.querySelectorAll('#results .number')]"
                                 ".map((number) => parseInt(number.textContent))")
        self.assertEqual(ports, sorted(ports))

    def test_the_arrow_reads_on_at_the_end(self):
        self.open_search("/?source=iana")
        self.browser.type("/")
        self.browser.press("arrow_down", "end", "arrow_down")
        self.browser.until(lambda: self.count() == 270)
        self.browser.until(lambda: self.browser.focused() == self.rows()[20])

    def count(self) -> int:
        return self.browser.run("return document.getElementById('results').childElementCount")

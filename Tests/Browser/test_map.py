"""The picture of all ports, read as a person reads it."""
from .harness import BrowserTestCase

# Where the picture begins on its canvas (map.js), in CSS pixels.
LEFT, TOP = 44, 18


class MapTests(BrowserTestCase):

    def setUp(self):
        self.open("/?view=map")
        self.wait_for_map()

    def colours(self) -> dict[str, str]:
        """What each swatch of the legend has."""
        return dict(self.browser.run(
            "return [...document.querySelectorAll('#legend li')].map((item) => ["
            "item.querySelector('.swatch').className.split(' ')[1],"
            "getComputedStyle(item.querySelector('.swatch')).backgroundColor])"))

    def pixel(self, port: int) -> str:
        """The colour of a port on the canvas, at zoom 1."""
        return self.browser.run(
            "const canvas = document.getElementById('map');"
            "const room = Math.min(canvas.clientWidth - 44, canvas.clientHeight - 18);"
            "const whole = Math.floor(room / 256) * 256;"
            "const cell = (whole >= 0.85 * room ? whole : room) / 256;"
            "const x = 44 + (arguments[0] % 256 + 0.5) * cell;"
            "const y = 18 + ((arguments[0] >> 8) + 0.5) * cell;"
            "const [r, g, b] = canvas.getContext('2d').getImageData(x, y, 1, 1).data;"
            "return `rgb(${r}, ${g}, ${b})`", port)

    def settle(self) -> None:
        self.browser.run("return new Promise((done) => requestAnimationFrame("
                         "() => requestAnimationFrame(done)))")

    def test_ports_have_the_colour_of_their_state(self):
        self.settle()
        colours = self.colours()
        answers = self.browser.run(
            "return fetch('/ports?port=22,443,2500,5432,8080,50000,65000,40000')"
            ".then((answer) => answer.json()).then(({items}) => items)")
        for answer in answers:
            states = answer["status"].values()
            state = next(word for word in ("assigned", "reserved", "unassigned") if word in states)
            self.assertEqual(self.pixel(answer["port"]), colours[state], answer["port"])

    def test_the_legend_counts_all_ports(self):
        for scheme in ("state", "layer", "range"):
            self.browser.run("const select = document.getElementById('colours');"
                             "select.value = arguments[0];"
                             "select.dispatchEvent(new Event('change'))", scheme)
            counts = self.browser.run("return [...document.querySelectorAll('#legend .count')]"
                                      ".map((count) => +count.innerText.replace(',', ''))")
            self.assertEqual(sum(counts), 65536, scheme)
            colours = self.colours()
            self.assertEqual(len(set(colours.values())), len(colours), "two classes look alike")

    def test_the_legend_says_what_the_ranges_say(self):
        self.browser.run("const select = document.getElementById('map-transport');"
                         "select.value = 'udp'; select.dispatchEvent(new Event('change'))")
        total = self.browser.run("return fetch('/ranges').then((answer) => answer.json())"
                                 ".then(({items}) => items.reduce((sum, range) =>"
                                 "sum + range.counts.udp.assigned, 0))")
        self.assertIn(f"assigned {total:,}", self.browser.text("#legend").replace("\n", " "))

    def test_the_keys_move_and_the_place_is_read_out(self):
        self.browser.run("document.getElementById('map').focus()")
        self.browser.press("home", *["arrow_right"] * 22)
        self.browser.until_text("#readout", "22 ssh:")
        self.assertEqual(self.browser.run("return document.getElementById('readout').ariaLive"),
                         "polite")
        self.browser.press("arrow_down")
        self.browser.until_text("#readout", "278 ")
        self.browser.press("page_down", "end")
        self.browser.until_text("#readout", f"{17 * 256 + 255} ")
        self.browser.press("enter")
        self.browser.until(lambda: self.browser.path == f"/?port={17 * 256 + 255}")

    def test_the_pointer_reads_and_a_click_opens(self):
        width = self.browser.run("return document.getElementById('map').clientWidth")
        cell = (width - LEFT) / 256
        x, y = LEFT + (443 % 256 + 0.5) * cell, TOP + (443 // 256 + 0.5) * cell
        self.browser.point_at("#map", round(x), round(y))
        self.browser.until(lambda: self.browser.text("#readout")[0].isdigit())
        port = int(self.browser.text("#readout").split()[0])
        self.assertLess(abs(port % 256 - 187), 3)
        self.assertEqual(port // 256, 1)
        self.browser.click_at("#map", round(x), round(y))
        self.browser.until(lambda: self.browser.path == f"/?port={port}")

    def test_zoom_shows_the_numbers_and_keeps_the_place(self):
        self.browser.run("document.getElementById('map').focus()")
        self.browser.press("end")
        self.browser.type("+++++++")
        self.assertEqual(self.browser.text("#zoom"), "32×")
        self.assertIn("zoomed", self.browser.find("#map").get_attribute("class"))
        self.browser.until_text("#readout", "255 ")
        self.browser.type("-------")
        self.assertEqual(self.browser.text("#zoom"), "1×")

    def test_what_is_found_lights_up(self):
        self.open("/?view=map&q=8000-8100")
        self.browser.until_text("#lit", "light up")
        self.wait_for_map()
        self.settle()
        probe = self.browser.run(
            "const probe = document.body.appendChild(document.createElement('span'));"
            "probe.style.color = 'var(--lit)'; return getComputedStyle(probe).color")
        self.assertEqual(self.pixel(8080), probe)
        self.assertNotEqual(self.pixel(9090), probe)

    def test_the_table_says_the_same_as_the_picture(self):
        rows = self.browser.run(
            "document.getElementById('map-table').open = true;"
            "return new Promise((done) => setTimeout(() => done("
            "[...document.querySelectorAll('#map-table tbody tr')].map((row) =>"
            "[...row.querySelectorAll('td')].map((cell) => +cell.innerText.replace(',', '')))), 50))")
        self.assertEqual(len(rows), 64)
        self.assertTrue(all(sum(row) == 1024 for row in rows))
        legend = self.browser.run("return [...document.querySelectorAll('#legend .count')]"
                                  ".map((count) => +count.innerText.replace(',', ''))")
        self.assertEqual([sum(column) for column in zip(*rows)], legend)

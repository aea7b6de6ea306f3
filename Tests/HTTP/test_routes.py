"""Services, ranges, free ranges, the map, and what is about the API itself."""
import json

from .harness import ProgramTestCase
from .tables import PORTS, TRANSPORTS, Truth, cells_of

RANGE_NAMES = {"system": "well-known", "user": "registered", "dynamic": "private"}


class ServiceTests(ProgramTestCase):

    def test_a_service_gives_what_bears_its_name(self):
        service = self.get("/services/https")
        self.assertEqual(list(service), ["service", "total", "items", "next"])
        self.assertEqual((service["service"], service["total"]), ("https", len(service["items"])))
        self.assertIn(443, [item["port"] for item in service["items"]])

    def test_an_alias_is_a_name_too(self):
        ports = [item["port"] for item in self.get("/services/nameserver")["items"]]
        self.assertIn(42, ports)

    def test_a_transport_narrows_a_service(self):
        items = self.get("/services/https/udp")["items"]
        self.assertTrue(items and all("udp" in item["transports"] for item in items))

    def test_a_service_without_a_port_is_known(self):
        name = next(row.service for row in Truth().rows["iana"] if row.first is None)
        self.assertIn(None, [item["port"] for item in self.get(f"/services/{name}")["items"]])


class RangeTests(ProgramTestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.truth = Truth()

    def test_three_ranges_cover_every_port_once(self):
        ranges = self.get("/ranges")
        self.assertEqual((ranges["total"], ranges["next"]), (3, None))
        covered = [port for item in ranges["items"]
                   for port in range(item["first"], item["last"] + 1)]
        self.assertEqual(covered, list(PORTS))
        self.assertEqual([item["name"] for item in ranges["items"]], list(RANGE_NAMES))

    def test_a_range_says_what_the_table_says(self):
        told = {cells["name"]: cells for cells in cells_of("ranges.tsv")}
        for item in self.get("/ranges")["items"]:
            self.assertEqual(item["facts"], told[item["name"]]["facts"].split("|"))
            self.assertEqual(item["names"], told[item["name"]]["names"].split("|"))

    def test_the_counts_are_those_of_the_tables(self):
        for item in self.get("/ranges")["items"]:
            numbers = range(item["first"], item["last"] + 1)
            for transport in TRANSPORTS:
                counted = {"assigned": 0, "reserved": 0, "unassigned": 0}
                for port in numbers:
                    counted[self.truth.status(port)[transport]] += 1
                self.assertEqual(item["counts"][transport], counted, (item["name"], transport))

    def test_one_range_is_the_member_of_the_list(self):
        for item in self.get("/ranges")["items"]:
            self.assertEqual(self.get(f"/ranges/{item['name']}"), item)

    def test_the_names_people_use_lead_to_the_range(self):
        for name, spoken in RANGE_NAMES.items():
            answer = self.ask(f"/ranges/{spoken}")
            self.assertEqual(answer.status, 308)
            self.assertEqual(answer.field("location"), f"/ranges/{name}")

    def test_free_ranges_are_unassigned_and_do_not_touch(self):
        blocks, cursor = [], ""
        while cursor is not None:
            page = self.get("/free-ranges?transport=tcp&range=user&size=10&limit=1000"
                            + (f"&cursor={cursor}" if cursor else ""))
            blocks += page["items"]
            cursor = page["next"]
        self.assertEqual(len(blocks), page["total"])
        for block in blocks:
            numbers = range(block["first"], block["last"] + 1)
            self.assertEqual((block["size"], block["range"]), (len(numbers), "user"))
            self.assertGreaterEqual(block["size"], 10)
            self.assertTrue(all(self.truth.status(port)["tcp"] == "unassigned"
                                for port in numbers), block)
            for row in (row for port in numbers for row in self.truth.assigned_rows[port]):
                self.assertNotIn("tcp", row.transports, block)
        ordered = sorted(blocks, key=lambda block: block["first"])
        for block, following in zip(ordered, ordered[1:]):
            self.assertGreater(following["first"], block["last"] + 1)

    def test_no_free_range_is_left_out(self):
        free, run = [], 0
        for port in [*range(1024, 49152), None]:
            is_free = (port is not None and self.truth.status(port)["tcp"] == "unassigned"
                       and not self.truth.assigned_rows[port])
            if not is_free and run >= 50:
                free.append(run)
            run = run + 1 if is_free else 0
        page = self.get("/free-ranges?transport=tcp&range=user&size=50&limit=1000")
        self.assertGreaterEqual(sum(item["size"] for item in page["items"]), sum(free))


class AboutTests(ProgramTestCase):

    def test_health_is_told_and_not_kept(self):
        for target in ("/livez", "/readyz", "/healthz"):
            answer = self.ask(target)
            self.assertEqual(answer.status, 200, target)
            self.assertEqual(answer.field("cache-control"), "no-store")

    def test_what_is_for_the_operator_is_on_no_other_listener(self):
        self.assertEqual(self.ask("/metrics").status, 404)
        self.assertNotIn(b"checks", self.ask("/healthz?verbose").content)

    def test_the_description_names_every_route(self):
        paths = self.get("/openapi.json")["paths"]
        for path in ("/ports", "/ports/{port}", "/ports/{port}/{transport}", "/services/{name}",
                     "/services/{name}/{transport}", "/ranges", "/ranges/{name}", "/free-ranges",
                     "/map", "/livez", "/readyz", "/healthz"):
            self.assertIn(path, paths)
        self.assertTrue(self.ask("/openapi.yaml").content.startswith(b"openapi:"))

    def test_the_dashboard_is_a_page_that_runs_nothing_foreign(self):
        answer = self.ask("/", "Accept: text/html")
        self.assertEqual(answer.status, 200)
        self.assertTrue(answer.field("content-type").startswith("text/html"))
        self.assertIn("default-src 'none'", answer.field("content-security-policy"))

    def test_the_map_covers_every_port_in_little_space(self):
        answer = self.ask("/map")
        self.assertEqual(answer.status, 200)
        self.assertIsNotNone(answer.field("etag"))
        coded = self.ask("/map", "Accept-Encoding: gzip")
        self.assertLess(len(coded.content), 32 * 1024)

    def test_no_answer_sets_a_cookie(self):
        for target in ("/", "/ports/443", "/ports?q=ssh", "/nowhere", "/healthz"):
            self.assertIsNone(self.ask(target).field("set-cookie"))

    def test_the_routes_speak_JSON(self):
        for target in ("/ports", "/ports/1", "/ports?q=a", "/ports?port=1", "/ranges",
                       "/ranges/user", "/services/ssh", "/free-ranges"):
            answer = self.ask(target)
            self.assertEqual(answer.field("content-type"), "application/json", target)
            json.loads(answer.content)

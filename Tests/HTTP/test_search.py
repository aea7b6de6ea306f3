"""Searching, filtering and paging."""
import json
import re

from .harness import ProgramTestCase
from .tables import TRANSPORTS, Truth

CURSOR = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
MATCH_KINDS = {"number", "exact", "alias", "prefix", "word", "substring", "fuzzy"}


class SearchTests(ProgramTestCase):

    def services(self, query: str, **parameters: str) -> list:
        return [item["service"] for item in self.search(query, **parameters)["items"]]

    def test_a_page_has_the_documented_members(self):
        page = self.search("ssh")
        self.assertEqual(list(page), ["total", "items", "next"])
        self.assertGreater(page["total"], 1)
        self.assertEqual(list(self.search("ssh", facets="true"))[-1], "counts")

    def test_every_item_says_how_it_matches(self):
        for query in ("ssh", "443", "post", "remote desktop", "ostgre", "postgers"):
            for item in self.search(query)["items"]:
                match = item["match"]
                self.assertEqual(list(match), ["kind", "field", "spans"])
                self.assertIn(match["kind"], MATCH_KINDS)
                for first, end in match["spans"]:
                    self.assertLess(first, end)

    def test_spans_are_where_the_word_stands_in_the_field(self):
        item = self.search("ssh")["items"][0]
        self.assertEqual(item["service"], "ssh")
        first, end = item["match"]["spans"][0]
        self.assertEqual(item[item["match"]["field"]][first:end].lower(), "ssh")

    def test_every_notation_of_a_number_finds_its_port(self):
        for query in ("443", "443/tcp", "tcp/443", ":443", "port 443", "0443"):
            page = self.search(query)
            self.assertEqual(page["items"][0]["service"], "https", query)
            self.assertTrue(all(item["port"] <= 443 <= item.get("last", item["port"])
                                for item in page["items"]), query)

    def test_numbers_are_never_fuzzy(self):
        for item in self.search("5431", limit="1000")["items"]:
            self.assertTrue(item["port"] <= 5431 <= item.get("last", item["port"])
                            or "5431" in json.dumps(item))

    def test_a_list_and_a_range_of_numbers_are_understood(self):
        ports = {item["port"] for item in self.search("80,443", limit="1000")["items"]}
        self.assertLessEqual({80, 443}, ports)
        for item in self.search("8000-8100", limit="1000")["items"]:
            self.assertTrue(item["port"] <= 8100 and item.get("last", item["port"]) >= 8000)

    def test_a_DNS_service_label_is_understood(self):
        first = self.search("_https._tcp")["items"][0]
        self.assertEqual((first["service"], first["port"]), ("https", 443))

    def test_words_prefixes_pieces_and_slips_find_the_service(self):
        for query in ("postgresql", "postgres", "postgre", "ostgresql", "postgersql", "POSTGRESQL"):
            self.assertIn("postgresql", self.services(query), query)

    def test_nothing_is_found_for_what_does_not_exist(self):
        self.assertEqual(self.search("xqzvwkjhg"), {"total": 0, "items": [], "next": None})

    def test_256_code_points_are_the_limit_of_a_query(self):
        self.assertEqual(self.search("ö" * 256)["total"], 0)
        self.assert_problem(self.ask("/ports?q=" + "%C3%B6" * 257), 400, "invalid-parameter")

    def test_a_plus_is_a_space_and_an_escape_is_its_byte(self):
        self.assertEqual(self.get("/ports?q=remote+desktop"), self.get("/ports?q=remote%20desktop"))
        self.assertEqual(self.get("/ports?q=%73sh"), self.get("/ports?q=ssh"))


class FilterTests(ProgramTestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.truth = Truth()

    def items(self, filters: str) -> list[dict]:
        return self.get(f"/ports?limit=1000&{filters}")["items"]

    def test_transport_keeps_what_uses_it(self):
        items = self.items("transport=sctp")
        self.assertTrue(items)
        self.assertTrue(all("sctp" in item["transports"] for item in items))

    def test_a_comma_means_or_and_two_filters_mean_and(self):
        both = self.get("/ports?transport=sctp,dccp")["total"]
        one, other = (self.get(f"/ports?transport={name}")["total"] for name in ("sctp", "dccp"))
        shared = self.get("/ports?transport=sctp&range=system")["total"]
        self.assertTrue(max(one, other) <= both <= one + other)
        self.assertLess(shared, one)

    def test_range_first_and_last_keep_what_overlaps(self):
        for item in self.items("first=6001&last=6010"):
            self.assertTrue(item["port"] <= 6010 and item.get("last", item["port"]) >= 6001)
        self.assertIn("x11", [item["service"] for item in self.items("first=6010&last=6010")])
        self.assertTrue(all(item["port"] <= 1023 for item in self.items("range=system")))

    def test_an_inverted_interval_is_an_empty_page(self):
        self.assertEqual(self.get("/ports?first=10&last=9"),
                         {"total": 0, "items": [], "next": None})

    def test_source_official_and_service_keep_what_they_say(self):
        self.assertTrue(all("catalogue" in item["sources"]
                            for item in self.items("source=catalogue")))
        self.assertTrue(all(not item["official"] for item in self.items("official=false")))
        self.assertEqual({item["service"] for item in self.items("service=https")}, {"https"})

    def test_status_and_transport_hold_for_the_same_transport(self):
        for item in self.items("status=reserved&transport=udp"):
            self.assertIn("udp", item["transports"])
            ports = range(item["port"], item.get("last", item["port"]) + 1)
            self.assertIn("reserved", {self.truth.status(port)["udp"] for port in ports})


class PagingTests(ProgramTestCase):

    def walk(self, target: str, limit: int) -> tuple[list[str], int]:
        """All items of all pages, as text, and how many were promised."""
        items, cursor = [], None
        with self.connect() as connection:
            while True:
                rest = f"&cursor={cursor}" if cursor else ""
                answer = connection.ask(f"{target}&limit={limit}{rest}")
                self.assertEqual(answer.status, 200)
                page = json.loads(answer.content)
                items += [json.dumps(item) for item in page["items"]]
                self.assertLessEqual(len(page["items"]), limit)
                cursor = page["next"]
                link = answer.field("link") or ""
                self.assertEqual('rel="next"' in link, cursor is not None)
                if cursor is None:
                    return items, page["total"]
                self.assertRegex(cursor, CURSOR)
                self.assertIn(cursor, link)
                self.assertTrue(page["items"])  # a page may be cut short at 256 KiB

    def test_every_assignment_comes_once_in_port_order(self):
        items, total = self.walk("/ports?", 1000)
        self.assertEqual(len(items), total)
        self.assertEqual(len(set(items)), total)
        ports = [json.loads(item)["port"] for item in items]
        self.assertEqual([port for port in ports if port is not None],
                         sorted(port for port in ports if port is not None))

    def test_pages_of_any_size_give_the_same(self):
        walks = [self.walk("/ports?q=server", limit) for limit in (7, 20, 500)]
        self.assertEqual(walks[0], walks[1])
        self.assertEqual(walks[1], walks[2])
        self.assertEqual(len(walks[0][0]), walks[0][1])

    def test_twenty_items_are_a_page_unless_asked_otherwise(self):
        self.assertEqual(len(self.get("/ports")["items"]), 20)
        self.assertEqual(len(self.get("/ports?limit=1")["items"]), 1)
        self.assertGreater(len(self.get("/ports?limit=1000")["items"]), 500)

    def test_the_next_link_leads_to_the_next_page(self):
        answer = self.ask("/ports?q=server&limit=5")
        target = re.search(r'<([^>]+)>; *rel="next"', answer.field("link"))[1]
        following = self.get(target if target.startswith("/") else f"/ports{target}")
        self.assertEqual(following["items"], self.search("server", limit="10")["items"][5:])

    def test_a_cursor_of_another_query_is_stale(self):
        cursor = self.search("server", limit="5")["next"]
        answer = self.ask(f"/ports?q=client&limit=5&cursor={cursor}")
        self.assert_problem(answer, 409, "stale-cursor")

    def test_a_malformed_cursor_is_invalid(self):
        for cursor in ("!", "a" * 65, "%20", ""):
            answer = self.ask(f"/ports?q=server&cursor={cursor}")
            problem = self.assert_problem(answer, 400, "invalid-parameter")
            self.assertEqual(problem["errors"][0]["parameter"], "cursor")

    def test_all_transports_are_known_to_the_filter(self):
        for transport in TRANSPORTS:
            self.get(f"/ports?transport={transport}")

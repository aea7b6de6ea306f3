"""Every port there is, held against the tables."""
import json
from itertools import islice, pairwise

from Support.program import mebibytes
from Support.wire import request

from .harness import BINARY, ProgramTestCase
from .tables import OFFICIAL, PORTS, TRANSPORTS, Truth

DEPTH = 32  # requests on their way at once; the program answers as many in one turn
RESIDENT_LIMIT_BYTES = 30 << 20
PORT_KEYS = ["port", "range", "status", "notes", "assignments"]
ASSIGNMENT_KEYS = ["port", "last", "transports", "service", "name", "description", "aliases",
                   "official", "sources", "references", "note", "trojans", "match"]
OPTIONAL_KEYS = {"last", "description", "note", "trojans", "match"}


class AllPortsTests(ProgramTestCase):
    """All 65,536, asked over one connection, pipelined."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.truth = Truth()
        cls.contents: list[bytes] = []
        cls.statuses: set[int] = set()
        numbers = iter(PORTS)
        with cls.connect(cls) as connection:
            while some := list(islice(numbers, DEPTH)):
                connection.send(b"".join(request(f"/ports/{port}") for port in some))
                for _ in some:
                    answer = connection.answer()
                    cls.statuses.add(answer.status)
                    cls.contents.append(answer.content)
        cls.resident_bytes = cls.program.resident_bytes()

    def ports(self):
        return (json.loads(content) for content in self.contents)

    def test_every_port_is_200_and_in_its_place(self):
        self.assertEqual(self.statuses, {200})
        self.assertEqual([port["port"] for port in self.ports()], list(PORTS))

    def test_every_answer_has_the_documented_keys_in_order_and_a_final_newline(self):
        for content, port in zip(self.contents, self.ports()):
            self.assertTrue(content.endswith(b"}\n"))
            self.assertEqual(list(port), PORT_KEYS)
            for item in port["assignments"]:
                allowed = [key for key in ASSIGNMENT_KEYS if key in item]
                self.assertEqual(list(item), allowed)
                self.assertEqual(set(ASSIGNMENT_KEYS) - set(item) - OPTIONAL_KEYS, set())

    def test_every_status_is_that_of_the_official_tables(self):
        for port in self.ports():
            self.assertEqual(port["status"], self.truth.status(port["port"]), port["port"])
            self.assertEqual(list(port["status"]), list(TRANSPORTS))

    def test_every_range_is_that_of_RFC_6335(self):
        for port in self.ports():
            self.assertEqual(port["range"], self.truth.range_name(port["port"]))

    def test_every_assignment_is_in_the_tables_and_none_is_missing(self):
        for port in self.ports():
            found = {}
            for item in port["assignments"]:
                key = item["service"] or (None, item["name"])
                found[(item["port"], item.get("last", item["port"]), key)] = item["sources"]
            self.assertEqual(found, self.truth.assignments(port["port"]), port["port"])

    def test_transports_are_the_union_over_the_sources(self):
        for port in self.ports():
            for item in port["assignments"]:
                union = {name for transports in item["sources"].values() for name in transports}
                self.assertEqual(item["transports"], [name for name in TRANSPORTS if name in union])
                self.assertEqual(item["official"], bool(set(OFFICIAL) & set(item["sources"])))

    def test_printed_names_aliases_and_notes_can_be_found(self):
        for port in self.ports():
            by_service = {item["service"]: item for item in port["assignments"] if item["service"]}
            for row in self.truth.assigned_rows[port["port"]]:
                item = by_service.get(row.service)
                if item is None or row.last:
                    continue
                said = (*item["aliases"], item["name"], item["service"], item.get("description"))
                known = {text.casefold() for text in said if text}
                missing = {alias for alias in row.aliases if alias.casefold() not in known}
                self.assertEqual(missing, set(), (port["port"], row.layer))
            notes = {note["note"] for note in port["notes"]}
            self.assertLessEqual({row.note for row in self.truth.noted_rows[port["port"]]}, notes)

    def test_what_is_used_most_comes_first_then_what_is_official(self):
        for port in self.ports():
            def place(item):
                return (-self.truth.use.get((port["port"], item["service"]), 0),
                        not item["official"], "last" in item, item["service"])
            items = [item for item in port["assignments"] if item["service"] and "last" not in item]
            for one, next_one in pairwise(items):
                self.assertLessEqual(place(one), place(next_one), port["port"])

    def test_memory_stays_small_after_the_walk(self):
        print(f"\nresident after all ports: {mebibytes(self.resident_bytes)}")
        if "debug" not in str(BINARY):
            self.assertLessEqual(self.resident_bytes, RESIDENT_LIMIT_BYTES)


class OnePortTests(ProgramTestCase):

    def test_one_transport_narrows_the_status_to_one_member(self):
        for target in ("/ports/443/tcp", "/ports/443?transport=tcp"):
            port = self.get(target)
            self.assertEqual(port["status"], {"tcp": "assigned"}, target)
            self.assertTrue(all("tcp" in item["transports"] for item in port["assignments"]))

    def test_a_transport_that_nobody_uses_there_leaves_no_assignment(self):
        port = self.get("/ports/443/dccp")
        self.assertEqual(port["status"], {"dccp": "unassigned"})
        self.assertEqual(port["assignments"], [])

    def test_a_port_that_everybody_knows_begins_with_its_service(self):
        for number, service in ((22, "ssh"), (25, "smtp"), (53, "domain"), (80, "http"),
                                (443, "https"), (3306, "mysql"), (5432, "postgresql")):
            first = self.get(f"/ports/{number}")["assignments"][0]
            self.assertEqual(first["service"], service)

    def test_a_batch_keeps_the_order_asked_and_names_what_is_wrong(self):
        batch = self.get("/ports?port=22,80,99999,22,x")
        self.assertEqual([item["port"] for item in batch["items"]], [22, 80, "99999", 22, "x"])
        self.assertEqual((batch["total"], batch["next"]), (5, None))
        self.assertEqual(batch["items"][2]["problem"]["status"], 400)
        self.assertEqual(batch["items"][0], self.get("/ports/22"))

    def test_a_batch_takes_a_thousand_ports_and_no_more(self):
        thousand = ",".join(map(str, range(50_000, 51_000)))
        self.assertEqual(self.get(f"/ports?port={thousand}")["total"], 1000)
        self.assert_problem(self.ask(f"/ports?port={thousand},1000"), 400, "invalid-parameter")

    def test_a_batch_may_be_narrowed_and_the_parameter_repeated(self):
        batch = self.get("/ports?port=22&port=80&transport=tcp")
        self.assertEqual([list(item["status"]) for item in batch["items"]], [["tcp"], ["tcp"]])

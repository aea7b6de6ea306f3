"""The operator's own file: its faults, its change while requests run, and who waits for it."""
import json
import os
import re
import select
import threading
import time
from pathlib import Path

from Support.program import NotStarted, Program
from Support.wire import Connection, ask, request, take_answer

from .harness import BAD_DATA, BINARY, FIGURES, CommandTestCase

HEADER = "port,last,transports,service,name,owner,environments,link,note\n"
LEDGER = HEADER + "8443,,tcp,ledger,Ledger,Payments,prod,https://wiki.example/ledger,Ask first\n"
ADMIN = re.compile(r"admin on http://(127\.0\.0\.1):([0-9]+)")
PATIENCE_SECONDS = 20
HELD_COUNT = 1000


def replace(path: Path, content: str) -> None:
    """As the guide says: under another name first."""
    new = path.with_suffix(".new")
    new.write_text(content)
    new.rename(path)


class Faults(CommandTestCase):
    def test_a_faulty_file_is_refused_with_its_line(self):
        for content, reason in (
            ("", "is empty"),
            ("port;transports;name\n1;tcp;a\n", "separated by semicolons"),
            ("port,name\n1,a\n", "does not name the column 'transports'"),
            (HEADER + "8443,,tcp,ledger\n", "line 2: has 4 fields where 9 columns are named"),
            (HEADER + "99999,,tcp,a,,,,,\n", "line 2: "),
            (HEADER + "1,,icmp,a,,,,,\n", "line 2: 'icmp' is not tcp, udp, sctp or dccp"),
            (HEADER + "1,,tcp,a,,,,javascript:alert(1),\n", "line 2: "),
            (HEADER + "1,9,tcp,a,,,,,\n5,,tcp,b,,,,,\n", "line 3: claims 5, which line 2 has"),
            ('[{"port":1,"transports":"tcp","service":"a"', "line 1: "),
            ('{"port":1}', "is no array"),
            ("\x00\x01", "NUL byte"),
        ):
            with self.subTest(content=content):
                path = self.file("site.csv", content)
                done = self.run_command("lookup", "1", "--site", path)
                self.assert_ends(done, BAD_DATA, f"{path}")
                self.assertIn(reason, done.errors)
                with self.assertRaises(NotStarted) as raised:
                    Program(BINARY, "--site", str(path)).kill()
                self.assertIn(reason, str(raised.exception))

    def test_one_that_is_too_large_is_not_read_to_its_end(self):
        path = self.folder / "site.csv"
        with path.open("wb") as file:
            os.truncate(file.fileno(), 1 << 30)
        self.assert_ends(self.run_command("lookup", "1", "--site", path), BAD_DATA, "is larger than")

    def test_csv_and_json_say_the_same(self):
        table = self.file("site.csv", LEDGER)
        objects = self.file("site.json", json.dumps([{
            "port": 8443, "transports": ["tcp"], "service": "ledger", "name": "Ledger",
            "owner": "Payments", "environments": ["prod"], "link": "https://wiki.example/ledger",
            "note": "Ask first"}]))
        answers = {self.run_command("lookup", "8443", "--json", "--site", path).output
                   for path in (table, objects)}
        self.assertEqual(len(answers), 1)
        first = json.loads(answers.pop())["assignments"][0]
        self.assertEqual((first["service"], first["official"], first["sources"]["site"]),
                         ("ledger", False, ["tcp"]))

    def test_free_ranges_respect_it(self):
        rows = self.run_command("free", "--size", "10").rows
        first = rows[0][0]
        site = self.file("site.csv", HEADER + f"{first},,tcp,mine,,,,,\n")
        self.assertNotEqual(self.run_command("free", "--size", "10", "--site", site).rows[0][0],
                            first)


class Reload(CommandTestCase):
    def setUp(self):
        super().setUp()
        self.site = self.file("site.csv", LEDGER)
        # Each loop holds its share, and connections need not come to the loops in equal numbers.
        self.program = Program(BINARY, "--site", str(self.site), "--admin-listen", "127.0.0.1:0",
                               "--held-requests-max", str(HELD_COUNT * (os.cpu_count() or 1)))
        self.addCleanup(self.program.kill)

    def admin(self) -> tuple[str, int]:
        found = self.wait_for(lambda: next(filter(None, map(ADMIN.search, self.program.lines)),
                                           None), "the admin listener")
        return found[1], int(found[2])

    def wait_for(self, condition, what: str):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if found := condition():
                return found
            time.sleep(0.02)
        self.fail(f"waited in vain for {what}: {self.program.lines}")

    def holder(self) -> str:
        answer = ask(self.program.address, "/ports/8443")
        return json.loads(answer.content)["assignments"][0]["service"]

    def test_answers_are_private_and_revalidated(self):
        answer = ask(self.program.address, "/ports/8443")
        self.assertEqual(answer.field("cache-control"), "private, no-cache")
        self.assertIsNone(answer.field("access-control-allow-origin"))

    def test_no_request_fails_while_the_file_changes_and_a_faulty_one_is_told(self):
        admin = self.admin()
        stop, counts, faults = threading.Event(), [0] * 4, []

        def keep_asking(place: int) -> None:
            try:
                with Connection(self.program.address) as connection:
                    while not stop.is_set():
                        status = connection.ask("/ports/8443").status
                        counts[place] += 1
                        if status != 200:
                            faults.append(status)
            except Exception as fault:
                faults.append(fault)

        threads = [threading.Thread(target=keep_asking, args=(place,)) for place in range(4)]
        for thread in threads:
            thread.start()
        try:
            replace(self.site, LEDGER + "8443,,tcp,other,Other,,prod,,\n")
            reason = f"{self.site}, line 3: claims 8443, which line 2 has for the same transport"
            line = self.wait_for(lambda: next((line for line in self.program.lines
                                               if "reload refused" in line), None), "the refusal")
            self.assertIn(reason, line)
            ready = ask(admin, "/readyz?verbose")
            self.assertEqual(ready.status, 200)
            self.assertIn(reason, ready.content.decode())
            self.assertEqual(self.holder(), "ledger")
            FIGURES.append(f"log: {line}")
            FIGURES.append(f"/readyz?verbose: {ready.content.decode().strip()}")
            replace(self.site, LEDGER.replace("ledger", "books"))
            self.wait_for(lambda: self.holder() == "books", "the new data")
            self.wait_for(lambda: b"refused" not in ask(admin, "/readyz?verbose").content,
                          "the end of the refusal")
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        self.assertEqual(faults, [])
        FIGURES.append(f"reload under load: {sum(counts)} requests, none failed")

    def test_a_file_that_is_written_in_place_is_not_read_half(self):
        """It is read once it has stayed as it is for a while."""
        with self.site.open("w") as file:
            file.write(LEDGER)
            file.flush()
            for number in range(1, 40):
                file.write(f"{20000 + number},,tcp,svc{number},,,,,\n"[:-3])
                file.flush()
                time.sleep(0.05)
                file.write(",,\n")
                file.flush()
        self.wait_for(lambda: ask(self.program.address, "/services/svc39").status == 200, "the end")
        self.assertFalse([line for line in self.program.lines if "refused" in line])

    def test_a_thousand_held_requests_are_released_by_one_change(self):
        tag = ask(self.program.address, "/ports/8443").field("etag")
        connections = [Connection(self.program.address) for _ in range(HELD_COUNT)]
        question = request("/ports/8443", f"If-None-Match: {tag}", "Prefer: wait=30")
        for connection in connections:
            connection.socket.setblocking(False)
            connection.send(question)
        poller = select.epoll()
        for place, connection in enumerate(connections):
            poller.register(connection.socket, select.EPOLLIN)
        places = {connection.socket.fileno(): connection for connection in connections}
        self.assertEqual(poller.poll(1.0), [], "an answer came before the change")
        replace(self.site, LEDGER.replace("ledger", "books"))
        changed = time.monotonic()
        released: list[float] = []
        statuses: dict[int, int] = {}
        while len(released) < HELD_COUNT and time.monotonic() < changed + PATIENCE_SECONDS:
            for number, _ in poller.poll(1.0):
                connection = places[number]
                connection.received += connection.socket.recv(65536)
                taken = take_answer(connection.received)
                if taken:
                    released.append(time.monotonic())
                    statuses[taken[0].status] = statuses.get(taken[0].status, 0) + 1
                    poller.unregister(number)
        for connection in connections:
            connection.socket.close()
        self.assertEqual(statuses, {200: HELD_COUNT})
        FIGURES.append(f"{HELD_COUNT} held requests: the first came {released[0] - changed:.2f} s "
                       f"after the change of the file, the last "
                       f"{(released[-1] - released[0]) * 1000:.1f} ms after the first")

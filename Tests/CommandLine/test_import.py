"""import and diff: what is taken, what is refused, and that an older table stays meanwhile."""
import json
import os
import re
import signal
import subprocess
import time
import unittest

from Support.program import ROOT, Program, mebibytes
from Support.wire import ask

from .harness import (BAD_DATA, BINARY, FIGURES, FOUND, HEADER, INPUT_OUTPUT, NOT_FOUND,
                      CommandTestCase, iana_csv, iana_file, limit_memory, run_measured)

GOOD = iana_csv("ssh,22,tcp,The Secure Shell,[Me],[You],2006-05-22,2024-01-02,[RFC4251]",
                "ssh,22,udp,The Secure Shell", ",4,tcp,Unassigned", ",0,tcp,Reserved")
MEMORY_MAX_BYTES = 256 << 20
STREAM_BYTES = 200 << 20
# As the program has it: a longer file is no registry.
SOURCE_MAX_BYTES = 64 << 20


class Import(CommandTestCase):
    def test_every_record_is_accounted_for(self):
        source, table = self.file("a.csv", GOOD), self.folder / "a.tsv"
        done = self.run_command("import", source, "-o", table)
        self.assert_ends(done, FOUND, "4 records: 2 rows, 1 joined to one of them, 1 set aside")
        self.assertEqual(done.rows, [[str(source), "4",
                                      "is unassigned, which a table need not say"]])
        self.assertTrue(table.read_text().startswith("# IANA's service names"))
        self.assertIn("#date 2024-01-02\n", table.read_text())

    def test_an_imported_table_answers_in_place_of_the_one_inside(self):
        table = self.import_table("ledger,443,tcp,A,[Me],[You],2024-01-01,,[RFC1],,Seen,Note")
        rows = self.run_command("lookup", "443", "--registry", table).rows
        self.assertIn(["443", "", "tcp", "ledger", "A", "true", "iana"], rows)
        self.assertEqual(self.run_command("lookup", "kerberos/sctp", "--registry", table).status,
                         NOT_FOUND)
        done = self.run_command("lookup", "ledger", "--json", "--registry", table)
        self.assertEqual(json.loads(done.text)["items"][0]["registration"], {
            "assignees": ["Me"], "contacts": ["You"], "registered": ["2024-01-01"],
            "modified": [], "service_codes": [], "unauthorized_use": ["Seen"], "noted": True})

    def test_the_service_answers_from_it_with_its_date_and_a_tag_of_its_own(self):
        table = self.import_table("ledger,443,tcp,A,[Me],[You],2030-01-01,,[RFC1],,Seen,Note")
        answers = []
        for arguments in ((), ("--registry", str(table))):
            with Program(BINARY, *arguments) as program:
                answers.append(ask(program.address, "/ports/443"))
                text = ask(program.address, "/ports/443?format=text").content.decode()
        inside, imported = answers
        self.assertNotEqual(inside.field("etag"), imported.field("etag"))
        self.assertEqual(imported.field("last-modified"), "Tue, 01 Jan 2030 00:00:00 GMT")
        self.assertNotEqual(inside.field("last-modified"), imported.field("last-modified"))
        self.assertIn("ledger: assigned to Me; contact You; registered 2030-01-01", text)

    def test_check_writes_nothing(self):
        table = self.folder / "a.tsv"
        done = self.run_command("import", self.file("a.csv", GOOD), "-o", table, "--check")
        self.assert_ends(done, FOUND, "4 records")
        self.assertFalse(table.exists())

    def test_a_services_file_is_read(self):
        table = self.folder / "a.tsv"
        done = self.run_command("import", "-", "-o", table,
                                given=b"# mine\nledger 8443/tcp books # The ledger\nddp 1/ddp\n")
        self.assert_ends(done, FOUND, "2 records: 1 rows, 0 joined to one of them, 1 set aside")
        self.assertEqual(self.run_command("lookup", "books", "--registry", table).rows[0][3:5],
                         ["ledger", "The ledger"])

    def test_a_terminal_gets_each_reason_once(self):
        source = self.file("a.csv", iana_csv("a,1,tcp", *(f",{n},tcp,Unassigned"
                                                          for n in range(4, 9))))
        shown = self.run_on_terminal("import", source, "--check", NO_COLOR="1")
        self.assertRegex(shown, r"\n +5 +3  is unassigned, which a table need not say\n")

    def test_what_is_no_such_file_is_refused_and_the_old_table_stays(self):
        binary = BINARY.read_bytes()[:100_000]
        for name, content, reason in (
            ("empty.csv", b"", "is empty"),
            ("binary.csv", binary, "this is no text file"),
            ("binary", binary, "is no text file"),
            ("utf16.csv", GOOD.decode().encode("utf-16"), "is UTF-16, not UTF-8"),
            ("utf16le.csv", GOOD.decode().encode("utf-16-le"), "one in UTF-16"),
            ("latin1.csv", iana_csv("a,1,tcp,B").replace(b"B", b"\xe9"), "line 2: is not UTF-8"),
            ("semicolon.csv", GOOD.replace(b",", b";"), "separated by semicolons"),
            ("tabs.csv", GOOD.replace(b",", b"\t"), "separated by tabs"),
            ("headerless.csv", GOOD.partition(b"\n")[2], "does not name the column"),
            ("in-quotes.csv", iana_csv('a,1,tcp,"B') + b"x", "line 2: ends inside quotes"),
            ("in-record.csv", GOOD + b"telnet,23,t", "line 6: ends inside a record"),
            ("in-last-field.csv", GOOD[:-4], "line 5: ends inside a record"),
            ("nothing.csv", iana_csv(",4,tcp,Unassigned"), "is unassigned"),
            ("prose", b"It was a dark and stormy night;\nthe rain fell in torrents\n", "line 1: "),
            ("html", b"<!DOCTYPE html>\n<title>504 Gateway Timeout</title>\n", "line "),
        ):
            with self.subTest(name=name):
                old = self.import_table("old,1,tcp", name="old.tsv")
                before = old.read_bytes()
                done = self.run_command("import", self.file(name, content), "-o", old)
                self.assert_ends(done, BAD_DATA, reason)
                self.assertIn(name, done.errors)
                self.assertEqual(done.output, b"")
                self.assertEqual(old.read_bytes(), before)
                self.assertEqual(list(self.folder.glob("*.new")), [])

    def test_what_is_too_large_is_refused_before_it_is_read(self):
        old = self.import_table("old,1,tcp", name="old.tsv")
        before = old.read_bytes()
        path = self.folder / "large.csv"
        for size, reason in ((SOURCE_MAX_BYTES, "holds a NUL byte"),
                             (SOURCE_MAX_BYTES + 1, f"is larger than {SOURCE_MAX_BYTES} bytes"),
                             (1 << 30, f"is larger than {SOURCE_MAX_BYTES} bytes")):
            with path.open("wb") as file:
                os.truncate(file.fileno(), size)
            for command in (("import", path, "-o", old), ("import", path, "--check")):
                with self.subTest(size=size, command=command):
                    status, memory, errors = run_measured(list(command), lambda pipe: None)
                    self.assertEqual(status, BAD_DATA, errors)
                    self.assertIn(f"{path}", errors)
                    self.assertIn(reason, errors)
                    self.assertLess(memory, MEMORY_MAX_BYTES)
                    self.assertEqual(old.read_bytes(), before)
            if size > SOURCE_MAX_BYTES:
                # A table and a site file are not read to their limits either.
                for option in ("--registry", "--site"):
                    with self.subTest(size=size, option=option):
                        status, memory, errors = run_measured(["lookup", "1", option, path],
                                                              lambda pipe: None)
                        self.assertEqual(status, BAD_DATA, errors)
                        self.assertIn(f"{path}: is larger than", errors)
                        self.assertLess(memory, SOURCE_MAX_BYTES)

    def test_what_cannot_be_read_or_written_is_told(self):
        for arguments in ((self.folder, "--check"), (self.folder / "none", "--check"),
                          (self.file("a.csv", GOOD), "-o", self.folder / "none/a.tsv"),
                          (self.file("a.csv", GOOD), "-o", self.folder)):
            self.assert_ends(self.run_command("import", *arguments), INPUT_OUTPUT)

    def test_what_is_no_file_is_written_to_and_stays(self):
        done = self.run_command("import", self.file("a.csv", GOOD), "-o", "/dev/null")
        self.assert_ends(done, FOUND)
        self.assertEqual(subprocess.run(["test", "-c", "/dev/null"]).returncode, 0)

    def test_an_import_that_is_killed_leaves_the_old_table(self):
        old = self.import_table("old,1,tcp", name="old.tsv")
        before = old.read_bytes()
        with subprocess.Popen([BINARY, "import", "-", "-o", old], stdin=subprocess.PIPE,
                              stderr=subprocess.DEVNULL) as child:
            child.stdin.write(GOOD * 100)
            child.stdin.flush()
            child.send_signal(signal.SIGKILL)
        self.assertEqual(old.read_bytes(), before)
        self.assertEqual([path.name for path in self.folder.iterdir()], ["old.tsv"])


class Streams(CommandTestCase):
    """200 MB of input, and the memory that it takes."""

    def stream(self, what: str, record) -> tuple[int, str]:
        def write(pipe):
            pipe.write(HEADER.encode() + b"\r\n")
            sent, number = 0, 0
            while sent < STREAM_BYTES:
                piece = b"".join(record(number + place) for place in range(2000))
                number += 2000
                pipe.write(piece)
                sent += len(piece)

        started = time.monotonic()
        status, memory, errors = run_measured(["import", "-", "--check", "--format", "iana"], write)
        FIGURES.append(f"200 MiB of {what}: {mebibytes(memory)} in memory, "
                       f"{time.monotonic() - started:.1f} s, status {status}")
        self.assertLess(memory, MEMORY_MAX_BYTES)
        return status, errors

    def test_of_a_few_assignments_many_times_over(self):
        filler = b"x" * 400
        status, errors = self.stream("few assignments", lambda number: (
            b"svc%d,%d,tcp,%s,,,,,,,,\r\n" % (number % 500, number % 500, filler)))
        self.assertEqual(status, BAD_DATA, errors)
        self.assertIn("more than a table can hold", errors)

    def test_of_nothing_that_is_taken(self):
        filler = b"x" * 400
        status, errors = self.stream("what is set aside", lambda number: (
            b",%d,tcp,Unassigned %s,,,,,,,,\r\n" % (number % 65_536, filler)))
        self.assertEqual(status, BAD_DATA, errors)
        self.assertIn(f"standard input: is larger than {SOURCE_MAX_BYTES} bytes", errors)

    def test_of_ever_new_assignments(self):
        status, errors = self.stream("ever new assignments", lambda number: (
            b"s%d,%d,tcp,T,,,,,,,,\r\n" % (number, number % 65_536)))
        self.assertEqual(status, BAD_DATA, errors)
        self.assertIn("more than a table can hold", errors)

    def test_of_a_quote_that_nobody_closes(self):
        status, errors = self.stream("an open quote", lambda number: (
            b'a,1,tcp,"open\r\n' if number == 0 else b"and on it goes\r\n"))
        self.assertEqual(status, BAD_DATA)
        self.assertIn("line 2: has a field of more than 65536 bytes", errors)

    def test_under_a_limit_of_the_kernel(self):
        done = subprocess.run([BINARY, "import", "/dev/zero", "--check"], capture_output=True,
                              preexec_fn=lambda: limit_memory(1 << 30), timeout=60)
        self.assertEqual(done.returncode, BAD_DATA)
        self.assertIn(b"holds a NUL byte", done.stderr)


class Difference(CommandTestCase):
    def test_a_table_does_not_differ_from_itself(self):
        table = self.import_table("ssh,22,tcp")
        for old, new in ((table, table), ("embedded", "embedded")):
            done = self.run_command("diff", old, new)
            self.assert_ends(done, FOUND)
            self.assertEqual(done.output, b"")

    def test_what_came_went_and_was_renamed_is_listed(self):
        old = self.import_table("ssh,22,tcp", "telnet,23,tcp", "x,6000-6063,udp", name="old.tsv")
        new = self.import_table("ssh,22,tcp", "telnets,23,tcp", "smtp,25,tcp", name="new.tsv")
        done = self.run_command("diff", old, new)
        self.assert_ends(done, NOT_FOUND)
        self.assertEqual(done.rows, [["renamed", "23", "", "tcp", "telnets", "telnet"],
                                     ["added", "25", "", "tcp", "smtp", ""],
                                     ["withdrawn", "6000", "6063", "udp", "x", ""]])
        done = self.run_command("diff", old, new, "--json")
        self.assert_ends(done, NOT_FOUND)
        self.assertEqual(json.loads(done.text), {
            "added": [{"port": 25, "transport": "tcp", "service": "smtp"}],
            "withdrawn": [{"port": 6000, "last": 6063, "transport": "udp", "service": "x"}],
            "renamed": [{"port": 23, "transport": "tcp", "old": "telnet", "new": "telnets"}]})

    def test_what_is_no_table_is_refused(self):
        self.assert_ends(self.run_command("diff", "embedded", self.file("a.csv", GOOD)), BAD_DATA,
                         "a.csv, line 1: ")


@unittest.skipUnless(iana_file(), "no copy of IANA's file stands beside the checkout")
class RealFile(CommandTestCase):
    def test_the_sums_agree_and_so_does_another_reader(self):
        table = self.folder / "iana.tsv"
        done = self.run_command("import", iana_file(), "-o", table)
        self.assert_ends(done, FOUND)
        sums = [int(number) for number in re.findall(
            r": ([0-9]+) records: ([0-9]+) rows, ([0-9]+) joined to one of them, ([0-9]+) set aside",
            done.errors)[0]]
        self.assertEqual(sums[0], sum(sums[1:]))
        self.assertEqual(sums[3], len(done.rows))
        FIGURES.append("IANA's file: {} records = {} rows + {} joined + {} set aside".format(*sums))
        second = subprocess.run([ROOT / "Tests/Import/second-reader", iana_file(), table],
                                capture_output=True, text=True)
        self.assertEqual(second.returncode, 0, second.stdout)
        self.assertIn(f"{sums[0]} records", second.stdout)
        self.assertEqual(self.run_command("import", iana_file(), "-o", table).status, FOUND)
        self.assertEqual(self.run_command("diff", table, table).status, FOUND)

"""The program, run as a command, and the files that it is given."""
import os
import pty
import resource
import subprocess
import tempfile
import unittest
from dataclasses import dataclass
from pathlib import Path

from Support.program import ROOT, find_binary

BINARY = find_binary(".build/debug/portolan")
# What was measured; shown at the end.
FIGURES: list[str] = []

FOUND, NOT_FOUND, USAGE, BAD_DATA, INPUT_OUTPUT, CONFIGURATION = 0, 1, 64, 65, 74, 78

HEADER = ("Service Name,Port Number,Transport Protocol,Description,Assignee,Contact,"
          "Registration Date,Modification Date,Reference,Service Code,Unauthorized Use Reported,"
          "Assignment Notes")


def iana_file() -> Path | None:
    """A copy of IANA's own file, which is not part of the project."""
    if named := os.environ.get("IANA_CSV"):
        return Path(named)
    return next(iter(sorted((ROOT.parent / "shared/data").glob("*.csv"))), None)


def iana_csv(*records: str) -> bytes:
    """A file as IANA writes it, with CRLF; a record is filled up with empty fields."""
    lines = [record + "," * (HEADER.count(",") - record.count(",")) for record in records]
    return ("\r\n".join([HEADER, *lines]) + "\r\n").encode()


@dataclass(frozen=True)
class Done:
    status: int
    output: bytes
    errors: str

    @property
    def text(self) -> str:
        return self.output.decode()

    @property
    def rows(self) -> list[list[str]]:
        return [line.split("\t") for line in self.text.splitlines()]


class CommandTestCase(unittest.TestCase):
    maxDiff = 4000

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def file(self, name: str, content: bytes | str) -> Path:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def run_command(self, *arguments: object, given: bytes = b"", **variables: str) -> Done:
        """Runs the program with a pipe on every side."""
        done = subprocess.run([BINARY, *map(str, arguments)], input=given, capture_output=True,
                              env={**os.environ, **variables}, timeout=120)
        return Done(done.returncode, done.stdout, done.stderr.decode())

    def run_on_terminal(self, *arguments: object, **variables: str) -> str:
        """What a terminal is given, both streams."""
        master, slave = pty.openpty()
        with subprocess.Popen([BINARY, *map(str, arguments)], stdin=slave, stdout=slave,
                              stderr=slave, env={**os.environ, "TERM": "xterm", **variables}):
            os.close(slave)
            shown = b""
            try:
                while data := os.read(master, 65536):
                    shown += data
            except OSError:  # how a terminal ends on Linux
                pass
        os.close(master)
        return shown.decode().replace("\r\n", "\n")

    def assert_ends(self, done: Done, status: int, reason: str = ""):
        self.assertEqual(done.status, status, done.errors)
        self.assertIn(reason, done.errors)

    def import_table(self, *records: str, name: str = "table.tsv") -> Path:
        path = self.folder / name
        done = self.run_command("import", "-", "-o", path, given=iana_csv(*records))
        self.assert_ends(done, FOUND)
        return path


def run_measured(arguments: list[object], write) -> tuple[int, int, str]:
    """Gives the program what `write(pipe)` writes.

    Returns its status, its largest resident size in bytes, and what it said.
    """
    child = subprocess.Popen([BINARY, *map(str, arguments)], stdin=subprocess.PIPE,
                             stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        write(child.stdin)
        child.stdin.close()
    except BrokenPipeError:  # it has seen enough
        pass
    errors = child.stderr.read().decode()
    child.stderr.close()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return child.returncode, usage.ru_maxrss * 1024, errors


def limit_memory(size_bytes: int) -> None:
    """For a child between fork and exec."""
    resource.setrlimit(resource.RLIMIT_AS, (size_bytes, size_bytes))

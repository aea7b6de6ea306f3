"""The program that the tests ask, and what they say about its answers."""
import json
import unittest
from urllib.parse import quote

from Support.program import Program, find_binary
from Support.wire import Answer, Connection, ask

BINARY = find_binary(".build/debug/portolan")
PROBLEM = "application/problem+json"
GZIP_FLOOR_BYTES = 860

# What every data answer carries (DESIGN.md §5).
CACHE_CONTROL = "public, max-age=300, stale-while-revalidate=86400, stale-if-error=604800"


class ProgramTestCase(unittest.TestCase):
    """Tests of one class ask one program."""
    program: Program

    @classmethod
    def setUpClass(cls):
        cls.program = Program(BINARY)
        cls.addClassCleanup(cls.program.kill)

    def ask(self, target: str, *fields: str, method: str = "GET") -> Answer:
        return ask(self.program.address, target, *fields, method=method)

    def connect(self) -> Connection:
        return Connection(self.program.address)

    def get(self, target: str, *fields: str) -> dict:
        """The object of a 200."""
        answer = self.ask(target, *fields)
        self.assertEqual(answer.status, 200, f"{target}: {answer.content[:300]!r}")
        return json.loads(answer.content)

    def search(self, query: str, **parameters: str) -> dict:
        pairs = {"q": query, **parameters}
        return self.get("/ports?" + "&".join(f"{name}={quote(value, safe='')}"
                                             for name, value in pairs.items()))

    def assert_problem(self, answer: Answer, status: int, kind: str | tuple[str, ...] = ()):
        """A refusal in the form of RFC 9457, that no cache keeps."""
        self.assertEqual(answer.status, status, answer.content[:300])
        self.assertEqual(answer.field("content-type"), PROBLEM)
        self.assertEqual(answer.field("cache-control"), "no-store")
        self.assertIsNone(answer.field("etag"))
        problem = json.loads(answer.content)
        self.assertEqual(problem["status"], status)
        self.assertEqual(list(problem)[:4], ["type", "title", "status", "detail"])
        self.assertIn("errors", problem)
        kinds = (kind,) if isinstance(kind, str) else kind
        if kinds:
            self.assertIn(problem["type"].removeprefix("/problems/"), kinds)
        return problem

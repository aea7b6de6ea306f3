"""The life of the process: start, addresses, pipelines, drain."""
import socket
import subprocess
import time
import unittest
from statistics import median

from Support.program import Program
from Support.wire import Closed, Connection, ask, request

from .harness import BINARY, ProgramTestCase

ADDRESS_IN_USE, USAGE = 69, 64
STARTS = 5
PIPELINED = 1000


def serve(*arguments: str) -> subprocess.CompletedProcess:
    """A start that is expected to end by itself."""
    return subprocess.run([str(BINARY), "serve", *arguments], capture_output=True, text=True,
                          timeout=20)


class StartTests(unittest.TestCase):

    def test_the_first_answer_comes_soon_after_exec(self):
        times = []
        for _ in range(STARTS):
            with Program(BINARY) as program:
                self.assertEqual(ask(program.address, "/ports/443").status, 200)
                times.append((time.monotonic() - program.started) * 1000)
        print(f"\nfirst answer after exec: {median(times):.0f} ms (median of {STARTS})")
        self.assertLess(median(times), 2000)

    def test_the_line_on_stderr_is_the_first_with_http_in_it(self):
        with Program(BINARY) as program:
            lines = [line for line in program.lines if "http" in line]
            self.assertEqual(lines[0], f"listening on http://127.0.0.1:{program.port}")

    def test_a_port_in_use_is_69_and_named(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            ended = serve("--listen", address)
        self.assertEqual(ended.returncode, ADDRESS_IN_USE)
        self.assertIn(address, ended.stderr)

    def test_a_second_program_does_not_share_the_port_of_the_first(self):
        with Program(BINARY) as program:
            address = f"127.0.0.1:{program.port}"
            ended = serve("--listen", address)
            self.assertEqual(ended.returncode, ADDRESS_IN_USE)
            self.assertIn(address, ended.stderr)
            self.assertEqual(ask(program.address, "/ports/443").status, 200)

    def test_an_unknown_option_is_a_usage_error(self):
        self.assertEqual(serve("--liisten", "127.0.0.1:0").returncode, USAGE)


class PipelineTests(ProgramTestCase):

    def test_a_thousand_pipelined_requests_are_answered_in_order(self):
        with self.connect() as connection:
            connection.send(b"".join(request(f"/ports/{port}") for port in range(PIPELINED)))
            for port in range(PIPELINED):
                answer = connection.answer()
                self.assertEqual(answer.status, 200)
                self.assertTrue(answer.content.startswith(b'{"port":%d,' % port), port)

    def test_a_pipeline_of_large_answers_waits_for_its_reader(self):
        with self.connect() as connection:
            connection.send(request("/ports?limit=1000") * 100)
            time.sleep(0.2)  # the program has filled what it may, and waits
            sizes = {len(connection.answer().content) for _ in range(100)}
            self.assertEqual(len(sizes), 1)

    def test_many_connections_are_served_side_by_side(self):
        connections = [self.connect() for _ in range(500)]
        for number, connection in enumerate(connections):
            connection.send(request(f"/ports/{number}"))
        for number, connection in reversed(list(enumerate(connections))):
            self.assertTrue(connection.answer().content.startswith(b'{"port":%d,' % number))
            connection.socket.close()


class DrainTests(unittest.TestCase):

    def test_SIGTERM_closes_idle_connections_and_exits_0(self):
        with Program(BINARY) as program, Connection(program.address) as idle:
            idle.ask("/ports/443")
            started = time.monotonic()
            self.assertEqual(program.terminate(), 0)
            self.assertTrue(idle.is_closed())
            self.assertLess(time.monotonic() - started, 5)

    def test_what_is_on_its_way_at_SIGTERM_arrives_whole(self):
        with Program(BINARY) as program, Connection(program.address) as reader:
            expected = ask(program.address, "/ports?limit=1000").content
            reader.send(request("/ports?limit=1000") * 20)
            first = reader.answer()
            program.child.terminate()
            answers = [first]
            try:
                while "close" not in answers[-1].members("connection"):
                    answers.append(reader.answer())
            except Closed:
                pass  # between two answers, never within one: that would be Malformed below
            self.assertEqual(reader.position, len(reader.received), "an answer was cut")
            self.assertEqual({answer.content for answer in answers}, {expected})
            self.assertEqual(program.child.wait(30), 0)

    def test_SIGTERM_right_after_the_start_exits_0(self):
        for _ in range(STARTS):
            with Program(BINARY) as program:
                self.assertEqual(program.terminate(), 0)

    def test_after_the_drain_nobody_listens(self):
        with Program(BINARY) as program:
            program.terminate()
            with self.assertRaises(ConnectionRefusedError):
                socket.create_connection(program.address, 1)

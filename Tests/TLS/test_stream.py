"""Requests and records that do not coincide, and every way in which a conversation may end."""
import random
import socket
import time

from Support.program import Program
from Support.wire import Connection, ask, request

from .harness import ADMIN, BINARY, TLSTestCase, V1_2, V1_3, serving, settings
from .wire import HANDSHAKE, Handshake, Wire, alive, hello, record

PIPELINED = 40
HALF_OPEN = 500
HANDSHAKE_LIMIT_SECONDS = 10
IDLE_LIMIT_SECONDS = 1
SEED = 20261125


class SlowWire(Wire):

    def send(self, data: bytes):
        for byte in data:
            super().send(bytes([byte]))


class RecordTests(TLSTestCase):

    def test_many_requests_in_one_record(self):
        for version in V1_2, V1_3:
            with self.subTest(version), self.connect(context=settings(highest=version)) as client:
                client.send(b"".join(request(f"/ports/{port}") for port in range(PIPELINED)))
                for port in range(PIPELINED):
                    content = client.answer().content
                    self.assertTrue(content.startswith(b'{"port":%d,' % port), content[:40])

    def test_one_request_over_many_records(self):
        with self.connect() as client:
            for _ in range(2):
                for byte in request("/ports/443"):
                    client.send(bytes([byte]))
                self.assertEqual(client.answer().status, 200)

    def test_a_stream_that_comes_byte_by_byte(self):
        wire = SlowWire(self.address)
        handshake = Handshake(wire)
        handshake.finish(wire.send)
        self.assertTrue(handshake.ask().startswith(b"HTTP/1.1 200 "))

    def test_an_answer_of_many_records(self):
        with self.connect() as client:
            answer = client.ask("/ports?limit=1000")
        self.assertGreater(len(answer.content), 5 * 16_384)
        self.assertEqual(answer.content, ask(self.program.address, "/ports?limit=1000").content)


class EndTests(TLSTestCase):

    @classmethod
    def arguments(cls):
        return "--idle-timeout-seconds", str(IDLE_LIMIT_SECONDS)

    def assert_announced(self, client: Connection):
        """A read that is no error is the close_notify; SSLEOFError would be a cut."""
        self.assertEqual(client.socket.recv(1), b"")

    def test_the_last_answer_is_followed_by_close_notify(self):
        for version in V1_2, V1_3:
            with self.subTest(version), self.connect(context=settings(highest=version)) as client:
                self.assertEqual(client.ask("/ports/443", "Connection: close").status, 200)
                self.assert_announced(client)

    def test_an_idle_connection_ends_with_close_notify(self):
        with self.connect() as client:
            client.ask("/ports/443")
            self.assert_announced(client)

    def test_a_late_request_is_refused_and_ended_with_close_notify(self):
        with self.connect() as client:
            client.send(b"GET /ports/443 HT")
            client.socket.settimeout(30)
            self.assertEqual(client.answer().status, 408)
            self.assert_announced(client)

    def test_close_notify_is_answered_by_close_notify(self):
        with self.connect() as client:
            client.ask("/ports/443")
            client.socket.unwrap()  # an error unless the other says it, too

    def test_a_drain_ends_with_close_notify(self):
        with Program(BINARY, *ADMIN, *serving("one")) as program:
            context = settings()
            client = context.wrap_socket(
                socket.create_connection(program.listener("listening on https"), 10),
                server_hostname="one.example", suppress_ragged_eofs=False)
            with client:
                self.assertEqual(program.terminate(), 0)
                self.assertEqual(client.recv(1), b"")

    def test_a_cut_in_the_middle_of_a_request_harms_nobody(self):
        for end in "finished", "reset":
            with self.subTest(end):
                wire = Wire(self.address)
                handshake = Handshake(wire)
                handshake.finish(wire.send)
                handshake.tls.write(b"GET /ports/443 HT")
                wire.send(handshake.leaving.read()[:-3])
                if end == "finished":
                    wire.finish()
                    self.assertIn(wire.verdict(), ("closed", "close_notify"))
                else:
                    wire.reset()
                self.assertTrue(alive(self.address))

    def test_garbage_instead_of_a_hello(self):
        generator = random.Random(SEED)
        for size in (1, 4, 5, 6, 100, 5_000, 70_000):
            with self.subTest(size):
                wire = Wire(self.address)
                wire.send(generator.randbytes(size))
                wire.finish()
                self.assertNotEqual(wire.verdict(), "silent")
                self.assertTrue(alive(self.address))

    def test_plain_http_to_the_tls_port_is_told_so_in_plain_text(self):
        for method in "GET", "HEAD", "POST":
            with self.subTest(method):
                answer = ask(self.address, "/ports/443", method=method)
                self.assertEqual(answer.status, 400)
                self.assertEqual(answer.field("connection"), "close")
                if method != "HEAD":
                    self.assertIn(b"this listener speaks TLS; use https", answer.content)

    def test_tls_to_the_plain_port_is_refused_in_plain_text(self):
        wire = Wire(self.program.address)
        wire.send(record(HANDSHAKE, hello(wire), b"\x03\x01"))
        self.assertTrue(wire.everything().startswith(b"HTTP/1.1 400 "))

    def test_half_a_handshake_has_ten_seconds_and_holds_up_nobody(self):
        """Silence, and a hello that comes a byte a second, which wins no time."""
        started = time.monotonic()
        wires = [Wire(self.address) for _ in range(HALF_OPEN)]
        message = record(HANDSHAKE, hello(wires[0]), b"\x03\x01")
        for number, wire in enumerate(wires):
            wire.send(message[:number % 200])
        self.assertTrue(alive(self.address))
        for sent in range(200, 208):
            time.sleep(1)
            wires[200].send(message[sent:sent + 1])
        for wire in wires:
            wire.socket.settimeout(2 * HANDSHAKE_LIMIT_SECONDS)
            self.assertNotEqual(wire.verdict(), "silent")
        taken = time.monotonic() - started
        self.assertGreater(taken, HANDSHAKE_LIMIT_SECONDS - 1)
        self.assertLess(taken, HANDSHAKE_LIMIT_SECONDS + 4)
        self.assertTrue(alive(self.address))

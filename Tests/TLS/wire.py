"""TLS seen as bytes: records on a socket, a hello that can be bent, clients that go on after it."""
import socket
import ssl
import struct
import time

from tlslite.api import HandshakeSettings, TLSConnection

CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION_DATA, HEARTBEAT = 20, 21, 22, 23, 24

# RFC 8446 §6
ALERTS = {
    0: "close_notify", 10: "unexpected_message", 20: "bad_record_mac", 22: "record_overflow",
    40: "handshake_failure", 47: "illegal_parameter", 50: "decode_error", 70: "protocol_version",
    80: "internal_error", 90: "user_canceled", 100: "no_renegotiation",
    120: "no_application_protocol",
}  # fmt: skip

REQUEST = b"GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"

# A server must be done with any of these conversations in this time.
PATIENCE_SECONDS = 15


def record(kind, payload, version=b"\x03\x03"):
    return bytes([kind]) + version + struct.pack(">H", len(payload)) + payload


class Wire:
    """A TCP connection on which records are written and read by hand."""

    def __init__(self, address):
        self.socket = socket.create_connection(address, timeout=PATIENCE_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""

    def send(self, data):
        """Sends what the server still wants; it may have hung up already."""
        try:
            self.socket.sendall(data)
        except OSError:
            pass

    def await_bytes(self, count):
        """Reads until `count` bytes are there; False once the server has ended the stream."""
        while len(self.received) < count:
            try:
                piece = self.socket.recv(65536)
            except ConnectionError:
                piece = b""
            if not piece:
                return False
            self.received += piece
        return True

    def take(self, count):
        """Exactly `count` bytes, or None once the server has ended the stream."""
        if not self.await_bytes(count):
            return None
        taken, self.received = self.received[:count], self.received[count:]
        return taken

    def record(self):
        """The next record as (kind, payload), or None at the end of the stream."""
        header = self.take(5)
        if header is None:
            return None
        payload = self.take(struct.unpack(">H", header[3:])[0])
        return None if payload is None else (header[0], payload)

    def verdict(self):
        """How the server ends it: the name of a legible alert, else `closed` or `silent`."""
        try:
            while found := self.record():
                kind, payload = found
                if kind == ALERT and len(payload) == 2:
                    return ALERTS.get(payload[1], f"alert {payload[1]}")
            return "closed"
        except TimeoutError:
            return "silent"

    def everything(self):
        """All bytes until the end of the stream."""
        while self.await_bytes(len(self.received) + 1):
            pass
        return self.received

    def finish(self):
        """Ends our side with FIN, unless the server has reset the connection."""
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def reset(self):
        """Ends with RST instead of FIN."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


class Handshake:
    """Python's own client with its bytes in our hands, so that records can be cut or kept back."""

    def __init__(self, wire, **limits):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.maximum_version = limits.get("highest", ssl.TLSVersion.TLSv1_3)
        context.set_alpn_protocols(["http/1.1"])
        self.wire, self.arrived, self.leaving = wire, ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.arrived, self.leaving, server_hostname="localhost")

    def flight(self):
        """Our next flight, as bytes; empty when nothing is left to say."""
        try:
            self.tls.do_handshake()
        except ssl.SSLWantReadError:
            pass
        return self.leaving.read()

    def listen(self):
        """Takes what the server has sent."""
        piece = self.wire.socket.recv(65536)
        if not piece:
            raise ConnectionError("the server hung up")
        self.arrived.write(piece)

    def finish(self, send):
        """Plays the handshake to its end; each of our flights leaves through `send`."""
        while True:
            flight = self.flight()
            if flight:
                send(flight)
            try:
                self.tls.do_handshake()
                return
            except ssl.SSLWantReadError:
                self.listen()

    def ask(self):
        """Asks for a page and returns the first bytes of the answer."""
        self.tls.write(REQUEST)
        self.wire.send(self.leaving.read())
        while True:
            try:
                return self.tls.read(16)
            except ssl.SSLWantReadError:
                self.listen()


def hello(wire, **limits):
    """The message ClientHello without its record header."""
    return Handshake(wire, **limits).flight()[5:]


def tlslite(address, *, highest=(3, 4), alpn=(b"http/1.1",)):
    """A connection by tlslite-ng, which sends whatever it is told to."""
    stream = socket.create_connection(address, timeout=PATIENCE_SECONDS)
    settings = HandshakeSettings()
    settings.maxVersion = highest
    settings.use_heartbeat_extension = False
    connection = TLSConnection(stream)
    connection.handshakeClientCert(settings=settings, alpn=[bytearray(name) for name in alpn])
    return connection


def push(connection, message):
    """Sends one message through tlslite-ng as it is, outside any handshake of its own."""
    for _ in connection._sendMsg(message, update_hashes=False):
        pass


def alive(address):
    """Whether a well-behaved client is answered, and within two seconds."""
    started = time.monotonic()
    wire = Wire(address)
    handshake = Handshake(wire)
    handshake.finish(wire.send)
    answered = handshake.ask().startswith(b"HTTP/1.")
    wire.socket.close()
    return answered and time.monotonic() - started < 2

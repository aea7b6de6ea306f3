"""Hostile conversations with a TLS server that speaks HTTP/1.1.

Each does one thing that a peer must not do, or may do but seldom does, and holds what the server
makes of it against what RFC 8446 (or 5246) asks.
"""
import ssl

from tlslite.constants import KeyUpdateMessageType
from tlslite.errors import TLSError
from tlslite.messages import ApplicationData, Message

from .wire import (ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE, HEARTBEAT, REQUEST,
                   Handshake, Wire, alive, hello, push, record, tlslite)

CONVERSATIONS = []


def conversation(*accepted):
    """Registers a conversation, which returns one of `accepted` from a server that behaves."""

    def register(function):
        CONVERSATIONS.append((function, accepted))
        return function

    return register


def answer(connection):
    """How a tlslite-ng connection goes on: `answered`, or the way it ended."""
    try:
        return "answered" if connection.read(min=1, max=16) else "closed"
    except (TLSError, OSError) as problem:
        return str(problem).split(":")[0].split("(")[0] or "closed"


@conversation("protocol_version")
def version_1_0(address):
    return version(address, b"\x03\x01")


@conversation("protocol_version")
def version_1_1(address):
    return version(address, b"\x03\x02")


def version(address, highest):
    """A hello without supported_versions, whose legacy version is the highest offered."""
    wire = Wire(address)
    message = hello(wire, highest=ssl.TLSVersion.TLSv1_2)
    old = message[:4] + highest + message[6:]
    wire.send(record(HANDSHAKE, old, b"\x03\x01"))
    return wire.verdict()


@conversation("answered")
def hello_in_fragments_of_one_byte(address):
    wire = Wire(address)
    handshake = Handshake(wire)

    def send(flight):
        if flight[0] == HANDSHAKE:
            flight = b"".join(record(HANDSHAKE, bytes([byte])) for byte in flight[5:])
        wire.send(flight)

    handshake.finish(send)
    return "answered" if handshake.ask().startswith(b"HTTP/1.") else "closed"


@conversation("unexpected_message", "decode_error", "closed")
def empty_records_without_end(address):
    wire = Wire(address)
    wire.send(record(HANDSHAKE, b"") * 10_000)
    return wire.verdict()


@conversation("unexpected_message", "answered", "closed")
def empty_content_without_end(address):
    connection = tlslite(address)
    try:
        for _ in range(5_000):
            push(connection, ApplicationData().create(bytearray()))
        connection.write(REQUEST)
    except OSError:
        return "closed"
    return answer(connection)


@conversation("unexpected_message", "closed")
def change_cipher_spec_without_end(address):
    wire = Wire(address)
    wire.send(record(HANDSHAKE, hello(wire), b"\x03\x01"))
    wire.send(record(CHANGE_CIPHER_SPEC, b"\x01") * 10_000)
    return wire.verdict()


@conversation("answered", "unexpected_message", "closed")
def a_thousand_key_updates(address):
    return key_updates(address, 1_000)


@conversation("answered", "unexpected_message", "closed")
def twenty_thousand_key_updates(address):
    return key_updates(address, 20_000)


def key_updates(address, count):
    """Key updates that ask for none in return (RFC 8446 §4.6.3)."""
    connection = tlslite(address)
    try:
        for _ in range(count):
            for _ in connection.send_keyupdate_request(KeyUpdateMessageType.update_not_requested):
                pass
        served = alive(address)
        connection.write(REQUEST)
    except OSError:
        return "closed"
    return answer(connection) if served else "others had to wait"


@conversation("answered", "decode_error", "illegal_parameter", "closed")
def hello_of_sixty_kilobytes(address):
    """A padding extension (RFC 7685) makes it long; it is a valid hello still."""
    wire = Wire(address)
    message = extended(hello(wire), b"\x00\x15", bytes(60_000))
    for start in range(0, len(message), 16_384):
        wire.send(record(HANDSHAKE, message[start : start + 16_384], b"\x03\x01"))
    found = wire.record()
    return "answered" if found and found[0] == HANDSHAKE and found[1][0] == 2 else wire.verdict()


def extended(message, kind, content):
    """A ClientHello with one more extension in front of the others."""
    at = 4 + 2 + 32
    at += 1 + message[at]
    at += 2 + int.from_bytes(message[at : at + 2], "big")
    at += 1 + message[at]
    addition = kind + len(content).to_bytes(2, "big") + content
    size = int.from_bytes(message[at : at + 2], "big") + len(addition)
    body = message[4:at] + size.to_bytes(2, "big") + addition + message[at + 2 :]
    return b"\x01" + len(body).to_bytes(3, "big") + body


@conversation("illegal_parameter", "decode_error", "unexpected_message", "closed")
def hello_that_claims_sixteen_megabytes(address):
    wire = Wire(address)
    wire.send(record(HANDSHAKE, b"\x01\xff\xff\xff" + bytes(16_000), b"\x03\x01"))
    return wire.verdict()


@conversation("closed")
def fatal_alert_before_finished(address):
    wire = Wire(address)
    wire.send(record(HANDSHAKE, hello(wire, highest=ssl.TLSVersion.TLSv1_2), b"\x03\x01"))
    wire.record()
    wire.send(record(ALERT, b"\x02\x28"))
    return wire.verdict()


@conversation("closed", "unexpected_message", "bad_record_mac", "protocol_version")
def warning_alerts_without_end(address):
    wire = Wire(address)
    wire.send(record(ALERT, b"\x01\x5a") * 10_000)
    return wire.verdict()


@conversation("left")
def abort_at_each_message(address):
    for highest in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        for kept in range(6):
            wire = Wire(address)
            handshake = Handshake(wire, highest=highest)
            first = handshake.flight()
            wire.send(first[: len(first) // 2] if kept == 0 else first)
            if kept >= 2:
                handshake.listen()
            if kept >= 3:
                second = handshake.flight()
                wire.send(second[: len(second) * (kept - 2) // 3])
            wire.reset()
    return "left"


@conversation("closed", "close_notify", "unexpected_message")
def garbage_after_close_notify(address):
    wire = Wire(address)
    handshake = Handshake(wire)
    handshake.finish(wire.send)
    try:
        handshake.tls.unwrap()
    except ssl.SSLWantReadError:
        pass
    wire.send(handshake.leaving.read() + b"\xffgarbage" * 100)
    return wire.verdict()


@conversation("no_application_protocol")
def another_protocol(address):
    wire = Wire(address)
    message = hello(wire).replace(b"\x00\x09\x08http/1.1", b"\x00\x09\x08spdy/0.0")
    wire.send(record(HANDSHAKE, message, b"\x03\x01"))
    return wire.verdict()


@conversation("400 in plain text", "closed")
def plain_http(address):
    wire = Wire(address)
    wire.send(REQUEST)
    seen = wire.everything()
    return "400 in plain text" if seen.startswith(b"HTTP/1.1 400 ") else "closed"


@conversation("no_renegotiation", "closed", "handshake_failure")
def renegotiation(address):
    connection = tlslite(address, highest=(3, 3))
    message = hello(Wire(address), highest=ssl.TLSVersion.TLSv1_2)
    push(connection, Message(HANDSHAKE, bytearray(message)))
    return answer(connection)


@conversation("unexpected_message", "closed")
def heartbeat(address):
    return record_of_kind(address, HEARTBEAT, b"\x01\x40\x00")


@conversation("unexpected_message", "closed")
def record_of_unknown_kind(address):
    return record_of_kind(address, 99, b"what is this?")


def record_of_kind(address, kind, payload):
    connection = tlslite(address, highest=(3, 3))
    push(connection, Message(kind, bytearray(payload)))
    return answer(connection)


@conversation("record_overflow")
def oversized_record(address):
    connection = tlslite(address)
    stream = connection.sock
    size = 16_384 + 256 + 1
    stream.sendall(record(APPLICATION_DATA, bytes(size)))
    return answer(connection)


@conversation("sentinel")
def downgrade(address):
    """A server of 1.3 that speaks 1.2 says so in its random (RFC 8446 §4.1.3)."""
    wire = Wire(address)
    wire.send(record(HANDSHAKE, hello(wire, highest=ssl.TLSVersion.TLSv1_2), b"\x03\x01"))
    _, server_hello = wire.record()
    return "sentinel" if server_hello[6:38].endswith(b"DOWNGRD\x01") else "no sentinel"


@conversation("not offered")
def early_data_in_tickets(address):
    connection = tlslite(address)
    connection.write(REQUEST)
    while answer(connection) == "answered" and not connection.tickets:
        pass
    offers = [ticket for ticket in connection.tickets if ticket.getExtension(42)]
    return "offered" if offers else "not offered"


@conversation("closed", "unexpected_message", "bad_record_mac", "illegal_parameter")
def early_data_unasked(address):
    wire = Wire(address)
    message = extended(hello(wire), b"\x00\x2a", b"")
    wire.send(record(HANDSHAKE, message, b"\x03\x01"))
    wire.send(record(APPLICATION_DATA, REQUEST + bytes(16)) * 400)
    return wire.verdict()

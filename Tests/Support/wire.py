"""HTTP/1.1 answers, read strictly: a byte that the grammar does not allow raises `Malformed`."""
import re
import socket
from dataclasses import dataclass

STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-9][0-9]{2}) [\t\x20-\x7e\x80-\xff]*\Z")
FIELD_LINE = re.compile(
    rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*"
    rb"((?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?)[ \t]*\Z")
CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,8})(?:[ \t]*;[\t\x20-\x7e\x80-\xff]*)?\Z")

READ_BYTES = 1 << 18


class Malformed(Exception):
    """The server sent something that is not HTTP/1.1."""


class Closed(Exception):
    """The server closed the connection where an answer was due."""


@dataclass(frozen=True)
class Answer:
    version: str  # "HTTP/1.1"
    status: int
    fields: tuple[tuple[str, str], ...]  # names in lower case, in the order sent
    content: bytes  # transfer coding removed, content coding still on

    def values(self, name: str) -> list[str]:
        return [value for field, value in self.fields if field == name]

    def field(self, name: str) -> str | None:
        """All lines of this name as one value (RFC 9110 §5.2), or None."""
        return ", ".join(self.values(name)) if self.values(name) else None

    def members(self, name: str) -> set[str]:
        """The members of a list field whose members are tokens, in lower case."""
        return {part.strip().lower() for part in (self.field(name) or "").split(",")} - {""}

    @property
    def is_interim(self) -> bool:
        return self.status < 200


def take_answer(received: bytes, start: int = 0, to_head: bool = False,
                ended: bool = False) -> tuple[Answer, int] | None:
    """The answer that begins at `start` and where it ends; None while it is incomplete.

    `to_head`: it answers HEAD and so has no content. `ended`: nothing more will come, which also
    delimits an answer that has no length of its own (RFC 9112 §6.3, rule 8).
    """
    head_end = received.find(b"\r\n\r\n", start)
    if head_end < 0:
        return None
    version, status, fields = parse_head(received[start:head_end])
    position = head_end + 4
    answer = Answer(version, status, fields, b"")
    if to_head or status < 200 or status in (204, 304):
        return answer, position
    if "chunked" in answer.members("transfer-encoding"):
        taken = take_chunks(received, position)
    elif (lengths := set(answer.values("content-length"))):
        if len(lengths) > 1 or not (length := lengths.pop()).isdecimal():
            raise Malformed("Content-Length is not one number")
        end = position + int(length)
        taken = (received[position:end], end) if len(received) >= end else None
    else:
        taken = (received[position:], len(received)) if ended else None
    if taken is None:
        return None
    return Answer(version, status, fields, taken[0]), taken[1]


def parse_head(head: bytes) -> tuple[str, int, tuple[tuple[str, str], ...]]:
    status_line, *lines = head.split(b"\r\n")
    match = STATUS_LINE.match(status_line)
    if not match:
        raise Malformed(f"status line {status_line[:80]!r}")
    fields = []
    for line in lines:
        field = FIELD_LINE.match(line)
        if not field:
            raise Malformed(f"field line {line[:80]!r}")
        fields.append((field[1].decode("ascii").lower(), field[2].decode("latin-1")))
    return status_line[:8].decode("ascii"), int(match[1]), tuple(fields)


def take_chunks(received: bytes, position: int) -> tuple[bytes, int] | None:
    """Decodes the chunked coding (RFC 9112 §7.1)."""
    content = bytearray()
    while (line_end := received.find(b"\r\n", position)) >= 0:
        line = CHUNK_LINE.match(received[position:line_end])
        if not line:
            raise Malformed(f"chunk line {received[position:line_end][:80]!r}")
        size = int(line[1], 16)
        position = line_end + 2
        if size == 0:
            if received[position:position + 2] == b"\r\n":
                return bytes(content), position + 2
            end = received.find(b"\r\n\r\n", position)  # there is a trailer section
            return (bytes(content), end + 4) if end >= 0 else None
        if len(received) < position + size + 2:
            return None
        content += received[position:position + size]
        if received[position + size:position + size + 2] != b"\r\n":
            raise Malformed("chunk data is not followed by CRLF")
        position += size + 2
    return None


def request(target: str, *fields: str, method: str = "GET") -> bytes:
    lines = [f"{method} {target} HTTP/1.1", "Host: portolan.test", *fields]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


class Connection:
    """A client for well-formed requests; it keeps the connection and can pipeline."""

    def __init__(self, address: tuple[str, int], timeout_seconds: float = 10):
        self.socket = socket.create_connection(address, timeout_seconds)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received, self.position = b"", 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def answer(self, to_head: bool = False) -> Answer:
        """The next final answer."""
        ended = False
        while True:
            taken = take_answer(self.received, self.position, to_head, ended)
            if taken and not taken[0].is_interim:
                self.position = taken[1]
                return taken[0]
            if taken:
                self.position = taken[1]
                continue
            if ended:
                raise Closed("closed in the middle of an answer" if self.position
                             < len(self.received) else "closed without an answer")
            data = self.socket.recv(READ_BYTES)
            ended = not data
            self.received, self.position = self.received[self.position:] + data, 0

    def ask(self, target: str, *fields: str, method: str = "GET") -> Answer:
        self.send(request(target, *fields, method=method))
        return self.answer(to_head=method == "HEAD")

    def is_closed(self) -> bool:
        """Waits for the end of the stream; whatever else comes is not the end."""
        return self.position == len(self.received) and self.socket.recv(1) == b""


def ask(address: tuple[str, int], target: str, *fields: str, method: str = "GET") -> Answer:
    """One request on a connection of its own."""
    with Connection(address) as connection:
        return connection.ask(target, *fields, "Connection: close", method=method)

"""A small HTTP/1.1 client that keeps every byte: it captures answers and checks them."""
import socket
import ssl
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    raw: bytes
    status: int
    fields: dict[str, str]  # names in lower case
    body: bytes


def request(target: str, fields=()) -> bytes:
    lines = [f"GET {target} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in fields]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


class Connection:
    def __init__(self, port: int, tls: bool = False, timeout_seconds: float = 30):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout_seconds)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            self.socket = context.wrap_socket(self.socket)
        self.pending = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def more(self) -> None:
        data = self.socket.recv(1 << 18)
        if not data:
            raise ConnectionError("the server closed the connection in the middle of an answer")
        self.pending += data

    def answer(self) -> Answer:
        while (end := self.pending.find(b"\r\n\r\n")) < 0:
            self.more()
        lines = self.pending[:end].decode("latin-1").split("\r\n")
        status = int(lines[0].split()[1])
        fields = {name.lower(): value.strip()
                  for name, value in (line.split(":", 1) for line in lines[1:])}
        size = end + 4
        if status >= 200 and status not in (204, 304):
            if fields.get("transfer-encoding", "").lower() == "chunked":
                return self.chunked_answer(status, fields, size)
            size += int(fields["content-length"])
        while len(self.pending) < size:
            self.more()
        raw, self.pending = self.pending[:size], self.pending[size:]
        return Answer(raw, status, fields, raw[end + 4:])

    def chunked_answer(self, status: int, fields: dict[str, str], start: int) -> Answer:
        body, place = b"", start
        while True:
            while (end := self.pending.find(b"\r\n", place)) < 0:
                self.more()
            size, place = int(self.pending[place:end].split(b";")[0], 16), end + 2
            while len(self.pending) < place + size + 2:
                self.more()
            body += self.pending[place:place + size]
            place += size + 2
            if size == 0:
                raw, self.pending = self.pending[:place], self.pending[place:]
                return Answer(raw, status, fields, body)

    def get(self, target: str, fields=()) -> Answer:
        self.socket.sendall(request(target, fields))
        return self.answer()

    def get_all(self, targets: list[str], fields=(), depth: int = 16):
        """The answers in order, asked `depth` at a time."""
        for start in range(0, len(targets), depth):
            some = targets[start:start + depth]
            self.socket.sendall(b"".join(request(target, fields) for target in some))
            for _ in some:
                yield self.answer()


def get(port: int, target: str, fields=(), tls: bool = False) -> Answer:
    with Connection(port, tls) as connection:
        return connection.get(target, fields)

"""A server that stands before the program and misbehaves as servers do."""
import json
import threading
import time
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Fields that say how one connection carries an answer, and not what it is.
OF_A_CONNECTION = {"connection", "content-length", "date", "keep-alive"}


class StandIn:
    """Passes requests on to `upstream`, a port of this machine, unless it is told otherwise."""

    def __init__(self, upstream: int):
        self.upstream = upstream
        self.status = None  # answers with this status instead
        self.retry_after = None  # of such an answer, in seconds
        self.delay_seconds = 0.0  # before every answer
        self.lets_through = threading.Event()  # while it is clear, no answer comes
        self.lets_through.set()
        self.alter = None  # makes another object of a JSON answer: alter(path, object)
        self.asked: list[str] = []  # the targets, in the order they came
        self.server = None
        self.port = 0
        self.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listens; the second time on the same port."""
        handler = type("Handler", (Handler,), {"stand_in": self})
        self.server = Server(("127.0.0.1", self.port), handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Refuses connections from now on."""
        self.server.shutdown()
        self.server.server_close()


class Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, *_):
        """A browser that aborts a request closes its connection, which is no error."""


class Handler(BaseHTTPRequestHandler):
    stand_in: StandIn

    def do_GET(self):
        stand_in = self.stand_in
        stand_in.asked.append(self.path)
        time.sleep(stand_in.delay_seconds)
        stand_in.lets_through.wait()
        if stand_in.status:
            self.send_response(stand_in.status)
            if stand_in.retry_after:
                self.send_header("Retry-After", str(stand_in.retry_after))
            self.end_headers()
            return
        connection = HTTPConnection("127.0.0.1", stand_in.upstream, timeout=10)
        fields = {name: value for name, value in self.headers.items()
                  if name.lower() not in ("host", "connection", "accept-encoding")}
        connection.request("GET", self.path, headers=fields)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        if stand_in.alter and answer.getheader("Content-Type") == "application/json":
            content = json.dumps(stand_in.alter(self.path, json.loads(content))).encode()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() == "cache-control":
                value = "no-store"  # so that every question is asked
            if name.lower() not in OF_A_CONNECTION:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """Says nothing."""

"""What every attack uses: findings, the probe beside it, a peak of memory."""
import resource
import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field

from Support.program import Program, mebibytes, percentile
from Support.wire import Closed, Connection, Malformed, ask

PORT, LARGEST_LIST = "/ports/443", "/ports?limit=1000"
PROBE_EVERY_SECONDS = 0.1
SAMPLE_EVERY_SECONDS = 0.05
SERVED_AGAIN_LIMIT_SECONDS = 5
# The kernel repeats a lost SYN only after a second; a client in a hurry begins anew.
ATTEMPT_SECONDS = 0.25


@dataclass
class Findings:
    """What one attack measured and what went wrong."""
    faults: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        print(f"  {text}", flush=True)

    def require(self, holds: bool, text: str) -> None:
        if not holds:
            self.faults.append(text)
            self.say(f"FAILED: {text}")

    def require_serving(self, program: Program) -> None:
        """The process lives and a new client is served."""
        self.require(program.is_running, "the program died")
        if program.is_running:
            status = status_of(program.address, SERVED_AGAIN_LIMIT_SECONDS)
            self.require(status == 200, f"a new client got {status}")
            self.say(f"resident {mebibytes(program.resident_bytes())} afterwards")


def status_of(address: tuple[str, int], limit_seconds: float = 1) -> int | str:
    """The status of one small request, asked again until the time is over; or what went wrong."""
    deadline = time.monotonic() + limit_seconds
    while True:
        try:
            with Connection(address, ATTEMPT_SECONDS) as connection:
                return connection.ask(PORT, "Connection: close").status
        except (OSError, Closed, Malformed) as fault:
            if time.monotonic() > deadline:
                return type(fault).__name__
            time.sleep(0.01)


def p99_limit_milliseconds(short: bool) -> int:
    """A short run asks so seldom that its slowest answer is its p99."""
    return 1000 if short else 250


class Probe:
    """A well-behaved client that asks ten times a second, each time on a new connection."""

    def __init__(self, address: tuple[str, int]):
        self.address = address
        self.milliseconds: list[float] = []
        self.failures: list[str] = []
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join(15)

    def run(self) -> None:
        while not self.stop.wait(PROBE_EVERY_SECONDS):
            started = time.monotonic()
            try:
                status = ask(self.address, PORT).status
                if status != 200:
                    self.failures.append(str(status))
            except (OSError, Closed, Malformed) as fault:
                self.failures.append(type(fault).__name__)
            self.milliseconds.append((time.monotonic() - started) * 1000)

    def report(self, findings: Findings, limit_milliseconds: float) -> None:
        asked = len(self.milliseconds)
        findings.require(asked > 0, "the probe never asked")
        if asked:
            p50, p99 = (percentile(self.milliseconds, share) for share in (0.5, 0.99))
            findings.say(f"probe: {asked - len(self.failures)} of {asked} got 200, "
                         f"p50 {p50:.1f} ms, p99 {p99:.1f} ms")
            findings.require(p99 <= limit_milliseconds, f"p99 above {limit_milliseconds} ms")
        findings.require(not self.failures, f"the probe got {sorted(set(self.failures))}")


@contextmanager
def peak_of_memory(program: Program):
    """Gives a list whose last member, after the block, is the highest resident size in it."""
    peak, stop = [program.resident_bytes()], threading.Event()

    def sample():
        while not stop.wait(SAMPLE_EVERY_SECONDS) and program.is_running:
            try:
                peak[0] = max(peak[0], program.resident_bytes())
            except OSError:
                return

    thread = threading.Thread(target=sample, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        stop.set()
        thread.join()


def raise_descriptor_limit() -> int:
    """As many descriptors as we may have; the program started by us inherits the limit."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def connect_without_waiting(address: tuple[str, int]) -> socket.socket:
    client = socket.socket()
    client.setblocking(False)
    client.connect_ex(address)
    return client


def close_all(clients: list[socket.socket]) -> None:
    for client in clients:
        client.close()

"""Plays the bytes of a case to a server and writes down what it does."""
import socket
import time
from collections.abc import Set

from Support.wire import Malformed, take_answer

from .case import CLOSED, KEPT, Case, Connection, HalfClose, Observation, Pause

# Asked after a case. An answer to it, a 404, shows that the connection is alive and in step.
PROBE_TARGET = "/conformance-probe"
PROBE = (f"GET {PROBE_TARGET} HTTP/1.1\r\nHost: probe.test\r\n"
         "Connection: close\r\n\r\n").encode("ascii")
CONNECT_LIMIT_SECONDS = 5
READ_BYTES = 65_536


class Dialogue:
    """One connection: what has come, and whether more can."""

    def __init__(self, address: tuple[str, int], heads: Set[int]):
        self.socket = socket.create_connection(address, CONNECT_LIMIT_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.heads, self.received, self.ended = heads, b"", False

    def send(self, data: bytes) -> None:
        """A server that refuses may close while we still send; that is its right."""
        try:
            self.socket.sendall(data)
        except OSError:
            pass

    def finish_sending(self) -> None:
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def read(self, seconds: float, enough=lambda: False) -> None:
        """Takes what comes until it is enough, the stream ends or the time is over."""
        deadline = time.monotonic() + seconds
        while not self.ended and not enough() and (left := deadline - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                data = self.socket.recv(READ_BYTES)
            except TimeoutError:
                return
            except OSError:
                data = b""  # a reset ends the stream too
            self.received += data
            self.ended = not data

    def answers(self):
        """The final and the interim answers that have come complete."""
        final, interim, position = [], [], 0
        while position < len(self.received):
            taken = take_answer(self.received, position, len(final) in self.heads, self.ended)
            if taken is None:
                break
            (interim if taken[0].is_interim else final).append(taken[0])
            position = taken[1]
        if self.ended and position < len(self.received):
            raise Malformed(f"the stream ends within {self.received[position:][:40]!r}")
        return final, interim

    def counts(self) -> tuple[int, int]:
        """How many final and how many interim answers have come."""
        try:
            final, interim = self.answers()
            return len(final), len(interim)
        except Malformed:
            return 1 << 30, 0  # there is no use in waiting for more


def play(case: Case, address: tuple[str, int], fill) -> Observation:
    """`fill` puts the target's own paths and validators into the bytes of the case."""
    dialogue = Dialogue(address, case.heads)
    with dialogue.socket:
        early = 0
        can_probe = True
        for piece in case.sends:
            early = sum(dialogue.counts())
            if isinstance(piece, Pause):
                dialogue.read(piece.seconds)
            elif isinstance(piece, HalfClose):
                dialogue.finish_sending()
                can_probe = False
            else:
                dialogue.send(fill(piece))
        dialogue.read(case.waits_seconds, lambda: dialogue.counts()[0] >= case.answers_due)
        before = dialogue.counts()[0]
        if can_probe and not dialogue.ended:
            dialogue.send(PROBE)
        dialogue.read(case.waits_seconds)
        return observe(dialogue, before, early)


def observe(dialogue: Dialogue, before: int, early: int) -> Observation:
    try:
        final, interim = dialogue.answers()
    except Malformed as fault:
        return Observation([], [], Connection.STALLED, early, str(fault))
    if len(final) > before and final[-1].status == 404:
        return Observation(final[:-1], interim, KEPT, early, None)
    connection = CLOSED if dialogue.ended else Connection.STALLED
    return Observation(final, interim, connection, early, None)

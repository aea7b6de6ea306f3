"""One row of the conformance table."""
from collections.abc import Callable, Set
from dataclasses import dataclass
from enum import Enum

from Support.wire import Answer


class Level(Enum):
    MUST = "MUST"
    SHOULD = "SHOULD"


MUST, SHOULD = Level.MUST, Level.SHOULD


@dataclass(frozen=True)
class Pause:
    """Nothing is sent for so long."""
    seconds: float


class HalfClose:
    """The client has sent everything: FIN, while it still reads."""


PAUSE, HALF_CLOSE = Pause(0.15), HalfClose()
Piece = bytes | Pause | HalfClose


class Connection(Enum):
    """What became of the connection."""
    KEPT = "kept"      # a further request on it was answered
    CLOSED = "closed"  # the server closed it, and answered nothing further
    STALLED = "open"   # neither, within the time that was given


KEPT, CLOSED = Connection.KEPT, Connection.CLOSED


@dataclass(frozen=True)
class Observation:
    """What a server did with the bytes of a case."""
    answers: list[Answer]  # final ones; the answer to the closing probe is left out
    interim: list[Answer]  # 1xx
    connection: Connection
    early_answers: int     # how many, 1xx included, came before the last piece was sent
    fault: str | None      # what was not HTTP/1.1 in what came

    def __str__(self) -> str:
        if self.fault:
            return "no HTTP/1.1"
        statuses = [str(answer.status) for answer in self.interim + self.answers] or ["nothing"]
        said = " ".join(statuses) if len(statuses) < 8 else f"{len(statuses)} answers"
        return f"{said}, {self.connection.value}"


@dataclass(frozen=True)
class Context:
    """What a check may ask about the server: the representation that the case is about."""
    resource: Answer   # GET {resource}
    list: Answer       # GET {list}
    coded: Answer      # GET {list}, Accept-Encoding: gzip


# A check gives None, or what is wrong. It gets all final answers of the exchange, in order.
Check = Callable[[list[Answer], Context], str | None]


@dataclass(frozen=True)
class Outcome:
    """One behaviour that a standard allows."""
    statuses: tuple[frozenset[int], ...]  # one set for each final answer, in order
    connection: Connection | None = None  # None: either
    checks: tuple[Check, ...] = ()

    def fault(self, seen: Observation, context: Context) -> str | None:
        """Why this is not what was seen; None if it is."""
        if seen.fault:
            return seen.fault
        if len(seen.answers) != len(self.statuses):
            return f"{len(seen.answers)} answers instead of {len(self.statuses)}"
        for answer, allowed in zip(seen.answers, self.statuses):
            if answer.status not in allowed:
                return f"{answer.status} is not {describe(allowed)}"
        if self.connection and seen.connection is not self.connection:
            return f"the connection is {seen.connection.value}, not {self.connection.value}"
        faults = (check(seen.answers, context) for check in self.checks)
        return next((fault for fault in faults if fault), None)


def describe(statuses: frozenset[int]) -> str:
    """`400 or 501`, but `4xx or 5xx` for whole classes."""
    if len(statuses) > 20:
        return " or ".join(f"{first}xx" for first in sorted({code // 100 for code in statuses}))
    return " or ".join(str(code) for code in sorted(statuses))


@dataclass(frozen=True)
class Case:
    """Bytes, and every outcome that the cited section allows for them."""
    name: str
    level: Level
    section: str  # "9112 §3.2"
    says: str     # the behaviour, as a sentence
    sends: tuple[Piece, ...]
    allows: tuple[Outcome, ...]
    needs: str | None = None         # a feature that not every target has
    heads: Set[int] = frozenset()    # which answers are to HEAD and so have no content
    waits_seconds: float = 2.0       # for the answers, and then for the connection to end
    early_answers: Set[int] | None = None  # how many may come before the last piece is sent
    interim: Set[int] | None = None  # which numbers of 1xx answers are right

    def judge(self, seen: Observation, context: Context) -> str | None:
        """None if the standard allows what was seen, else why not."""
        if self.early_answers is not None and seen.early_answers not in self.early_answers:
            return f"{seen.early_answers} answers before the last piece"
        if self.interim is not None and len(seen.interim) not in self.interim:
            return f"{len(seen.interim)} interim answers"
        faults = [outcome.fault(seen, context) for outcome in self.allows]
        return None if None in faults else "; ".join(dict.fromkeys(faults))

    @property
    def answers_due(self) -> int:
        return max(len(outcome.statuses) for outcome in self.allows)


def case(name: str, level: Level, section: str, says: str, sends, *allows: Outcome,
         **details) -> Case:
    """A case whose `sends` may be one piece; an answer to a leading HEAD is known as such."""
    pieces = sends if isinstance(sends, tuple) else (sends,)
    if isinstance(pieces[0], bytes) and pieces[0].startswith(b"HEAD "):
        details.setdefault("heads", {0})
    return Case(name, level, section, says, pieces, allows, **details)

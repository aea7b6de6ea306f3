"""The words that the cases use for what is sent and what is allowed."""
import re
from email.utils import parsedate_to_datetime

from Support.wire import Answer

from .case import CLOSED, Check, Connection, Context, Outcome

IMF_FIXDATE = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-3][0-9] "
    r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [0-9]{4} "
    r"[0-2][0-9]:[0-5][0-9]:[0-6][0-9] GMT\Z")
ENTITY_TAG = re.compile(r'(W/)?"[\x21\x23-\x7e\x80-\xff]*"\Z')
SINGLETONS = ("age", "allow", "cache-control", "content-length", "content-type", "date", "etag",
              "last-modified", "location", "retry-after", "server", "transfer-encoding")


# What is sent. {resource}, {list} and {missing} are paths; {etag} and {modified} are the validators
# of {resource}. target.py says what else there is, and fills it in for each server.

def get(*fields: bytes, target: bytes = b"{resource}", method: bytes = b"GET",
        version: bytes = b"HTTP/1.1", host: bytes = b"Host: h.test") -> bytes:
    """A request that is right but for what is given."""
    lines = [method + b" " + target + b" " + version, *([host] if host else []), *fields]
    return b"\r\n".join(lines) + b"\r\n\r\n"


# A whole request that hides in what precedes it. Whoever answers it has lost the framing.
HIDDEN = get(b"X: hidden")


def length(content: bytes) -> bytes:
    return b"Content-Length: %d" % len(content)


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


CHUNKED = b"Transfer-Encoding: chunked"
LAST_CHUNK = b"0\r\n\r\n"


# What is allowed.

def answered(*statuses: int | set[int], then: Connection | None = None,
             check: Check | tuple[Check, ...] = ()) -> Outcome:
    """So many answers, each with its status or one of a set."""
    sets = tuple(frozenset({status} if isinstance(status, int) else status)
                 for status in statuses)
    return Outcome(sets, then, check if isinstance(check, tuple) else (check,))


def refused(*statuses: int) -> Outcome:
    """One refusal, and the connection is closed: nothing further is read from it."""
    return Outcome((frozenset(statuses or (400,)),), CLOSED)


DROPPED = Outcome((), CLOSED)  # closed without a word
ANY_STATUS = frozenset(range(200, 600))
ERRORS = set(range(400, 600))
CLIENT_ERRORS = set(range(400, 500))
# Exactly one answer, whatever it is: what followed was not taken for a request.
ONE_ANSWER = Outcome((ANY_STATUS,))
ONE_ANSWER_THEN_CLOSED = Outcome((ANY_STATUS,), CLOSED)


# Facts about an answer. Each gives a check on the first answer unless `index` says which.

def fact(holds, complaint: str, index: int = 0) -> Check:
    def check(answers: list[Answer], context: Context) -> str | None:
        answer = answers[index]
        return None if holds(answer, context) else f"{complaint} ({answer.status})"
    return check


def has(name: str, pattern: str = r".", index: int = 0) -> Check:
    found = re.compile(pattern)
    return fact(lambda answer, _: any(found.search(value) for value in answer.values(name)),
                f"no {name} with {pattern}", index)


def lacks(*names: str, index: int = 0) -> Check:
    return fact(lambda answer, _: not any(answer.values(name) for name in names),
                f"there is {' or '.join(names)}", index)


def lists(name: str, *members: str, index: int = 0) -> Check:
    return fact(lambda answer, _: set(members) <= answer.members(name),
                f"{name} does not list {', '.join(members)}", index)


def omits(name: str, member: str, index: int = 0) -> Check:
    return fact(lambda answer, _: member not in answer.members(name),
                f"{name} lists {member}", index)


def version(value: str, index: int = 0) -> Check:
    return fact(lambda answer, _: answer.version == value, f"not {value}", index)


HAS_CONTENT = fact(lambda answer, _: answer.content, "no content")
NO_CONTENT = fact(lambda answer, _: not answer.content, "content")
WHOLE = fact(lambda answer, context: answer.content == context.resource.content,
             "not the whole representation")
UNCODED = fact(lambda answer, _: not answer.members("content-encoding"), "a content coding")
DATE_IS_FIXDATE = fact(lambda answer, _: IMF_FIXDATE.match(answer.field("date") or ""),
                       "Date is missing or no IMF-fixdate")
TAG_IS_WELL_FORMED = fact(lambda answer, _: ENTITY_TAG.match(answer.field("etag") or '""'),
                          "ETag is malformed")
LENGTH_IS_RIGHT = fact(
    lambda answer, _: answer.field("content-length") in (None, str(len(answer.content))),
    "Content-Length is wrong")
ONE_FRAMING = fact(
    lambda answer, _: not (answer.values("content-length")
                           and answer.values("transfer-encoding")),
    "Content-Length beside Transfer-Encoding")
NO_REPEATED_SINGLETON = fact(
    lambda answer, _: all(len(answer.values(name)) <= 1 for name in SINGLETONS),
    "a field that must not be repeated is")


def date_of(answer: Answer, name: str):
    return parsedate_to_datetime(answer.field(name))


def same_as_get(*names: str) -> Check:
    """The answer repeats these fields of the 200 for the same target, if that had them."""
    return fact(
        lambda answer, context: all(
            answer.field(name) == context.resource.field(name)
            for name in names if context.resource.values(name)),
        f"{', '.join(names)} differ from those of 200")

"""A server that the cases are played to: where it is, what it has, and its own paths."""
import re
from dataclasses import dataclass, field
from datetime import datetime, timezone
from email.utils import format_datetime, parsedate_to_datetime

from Support.wire import Answer, ask

from .case import Context

# The paths are ours. The peers serve equivalent static files at the same paths.
ROLES = {
    "resource": "/ports/443",    # small, never coded
    "list": "/ranges",           # above the size from which content is coded
    "missing": "/nowhere",
    "encoded": "/p%6Frts/443",   # {resource}, a letter of it encoded
    "upper": "/PORTS/443",
    "moved": "/ranges/well-known",
}
FEATURES = frozenset({"gzip", "media types", "redirect"})
TOKEN = re.compile(rb"\{([a-z0-9-]+)\}")


@dataclass
class Target:
    name: str
    version: str
    address: tuple[str, int]
    features: frozenset[str] = FEATURES
    roles: dict[str, str] = field(default_factory=lambda: dict(ROLES))

    def prepare(self) -> Context:
        """Learns what the server says of itself to plain requests."""
        context = Context(
            resource=ask(self.address, self.roles["resource"]),
            list=ask(self.address, self.roles["list"]),
            coded=ask(self.address, self.roles["list"], "Accept-Encoding: gzip"))
        self.words = {**self.roles, **validators(context.resource)}
        return context

    def fill(self, piece: bytes) -> bytes:
        return TOKEN.sub(lambda token: self.words[token[1].decode()].encode("latin-1"), piece)


def validators(answer: Answer) -> dict[str, str]:
    """The words of the cases that stand for validators, in the forms that they need."""
    tag = answer.field("etag") or '"none"'
    opaque = tag.removeprefix("W/")
    modified = answer.field("last-modified") or "Thu, 01 Jan 2026 00:00:00 GMT"
    date = parsedate_to_datetime(modified)
    return {
        "etag": tag,
        "opaque": opaque,
        "part": opaque[:-2] + '"',
        "unquoted": opaque.strip('"'),
        "modified": modified,
        "modified-850": f"{date:%A, %d-%b-%y %H:%M:%S} GMT",
        "modified-asctime": f"{date:%a %b} {date.day:2} {date:%H:%M:%S %Y}",
        "now": format_datetime(datetime.now(timezone.utc), usegmt=True),
    }

"""What is asked: one scenario is one row of the report for every peer that takes part."""
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

QUERIES = Path(__file__).resolve().parent.parent / "load" / "queries.txt"

EVERYONE = ("portolan", "ceiling", "nginx", "nginx-return", "go", "node", "hummingbird")
WITH_FILES = ("portolan", "ceiling", "nginx", "go", "node", "hummingbird")
WITH_CODING = ("portolan", "ceiling", "nginx")
WITH_TLS = ("portolan", "nginx")


@dataclass(frozen=True)
class Scenario:
    name: str
    title: str
    targets_of: str  # a key of TARGETS
    peers: tuple[str, ...]
    connections: int = 64
    depth: int = 1  # requests on their way on one connection
    fields: tuple[tuple[str, str], ...] = ()
    conditional: bool = False  # every request carries the entity tag, every answer is 304
    tls: bool = False
    handshakes: str | None = None  # "full" or "resumed": one connection for each request

    @property
    def closes(self) -> bool:
        return ("Connection", "close") in self.fields

    @property
    def is_coded(self) -> bool:
        return ("Accept-Encoding", "gzip") in self.fields

    @cached_property
    def targets(self) -> list[str]:
        return TARGETS[self.targets_of]()


TARGETS = {
    "port": lambda: ["/ports/443"],
    "ports": lambda: [f"/ports/{port}" for port in range(65_536)],
    "ranges": lambda: ["/ranges"],
    "search": lambda: [f"/ports?q={query}" for query in QUERIES.read_text("utf-8").split()],
    # A hundred ports spread over all that there are.
    "batch": lambda: ["/ports?port=" + ",".join(str(port) for port in range(80, 65_536, 655))],
}

GZIP = (("Accept-Encoding", "gzip"),)
CLOSE = (("Connection", "close"),)

SCENARIOS = [
    Scenario("port-1", "`/ports/443`, 1 connection", "port", EVERYONE, connections=1),
    Scenario("port-8", "`/ports/443`, 8 connections", "port", EVERYONE, connections=8),
    Scenario("port-64", "`/ports/443`, 64 connections", "port", EVERYONE),
    Scenario("port-512", "`/ports/443`, 512 connections", "port", EVERYONE, connections=512),
    Scenario("mix", "all 65,536 ports in turn", "ports", WITH_FILES),
    Scenario("pipelined", "`/ports/443`, pipelined 16 deep", "port", EVERYONE, depth=16),
    Scenario("new-connection", "`/ports/443`, a new connection for each request", "port", EVERYONE,
             fields=CLOSE),
    Scenario("not-modified", "`/ports/443` with `If-None-Match`, answered 304", "port", WITH_CODING,
             conditional=True),
    Scenario("search", "search, 1,000 distinct queries", "search", WITH_CODING),
    Scenario("search-gzip", "search, 1,000 distinct queries, gzip", "search", WITH_CODING,
             fields=GZIP),
    Scenario("ranges", "`/ranges`", "ranges", WITH_FILES),
    Scenario("ranges-gzip", "`/ranges`, gzip", "ranges", WITH_CODING, fields=GZIP),
    Scenario("batch", "`/ports?port=` with 100 ports", "batch", ("portolan", "ceiling")),
    Scenario("tls", "`/ports/443` over TLS, 64 connections", "port", WITH_TLS, tls=True),
    Scenario("tls-full", "`/ports/443` over TLS, a full handshake for each request", "port",
             WITH_TLS, connections=16, fields=CLOSE, tls=True, handshakes="full"),
    Scenario("tls-resumed", "`/ports/443` over TLS, a resumed handshake for each request", "port",
             WITH_TLS, connections=16, fields=CLOSE, tls=True, handshakes="resumed"),
]

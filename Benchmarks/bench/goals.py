"""The lines of DESIGN.md §8: what is held against what, the goal, and what was measured."""
from dataclasses import dataclass
from statistics import median

from .figures import Figures, search_ratios
from .measure import Row


@dataclass(frozen=True)
class Verdict:
    what: str
    against: str
    goal: str
    measured: str
    holds: bool


def rates(row: Row, peer: str) -> list[float]:
    return [sample.requests_per_second for sample in row.samples[peer]]


def costs(row: Row, peer: str) -> list[float]:
    return [sample.cpu_microseconds for sample in row.samples[peer]]


def quotients(ours: list[float], theirs: list[float]) -> list[float]:
    return [one / other for one, other in zip(ours, theirs, strict=True)]


def spread(ratios: list[float]) -> str:
    return f"{median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"


def verdicts(rows: dict[str, Row], found: Figures) -> list[Verdict]:
    made = []

    def ratio(what, against, ratios, least=None, most=None):
        goal = f"≥ {least:g}" if most is None else f"≤ {most:g}"
        middle = median(ratios)
        holds = middle >= least if most is None else middle <= most
        made.append(Verdict(what, against, goal, spread(ratios), holds))

    def rate(what, name, peer, least):
        ratio(what, peer, quotients(rates(rows[name], "portolan"), rates(rows[name], peer)), least)

    def absolute(what, value, most, unit):
        made.append(Verdict(what, "–", f"≤ {most:g} {unit}", f"{value:.1f} {unit}", value <= most))

    port = rows["port-64"]
    rate("`/ports/443`, 64 connections, requests/s", "port-64", "ceiling", 0.95)
    ratio("the same, CPU for each request", "ceiling",
          quotients(costs(port, "portolan"), costs(port, "ceiling")), most=1.1)
    for peer, least in (("nginx", 1.3), ("go", 1.7), ("hummingbird", 2.7)):
        rate("the same, requests/s", "port-64", peer, least)
    rate("pipelined 16 deep, requests/s", "pipelined", "ceiling", 0.7)
    rate("the same", "pipelined", "nginx", 5)
    ratio("search over 1,000 queries, requests/s", "`/ports/443`",
          quotients(rates(rows["search"], "portolan"), rates(port, "portolan")), 0.4)
    ratio("one search inside the program, time", "SQLite FTS5, by words",
          search_ratios(found, "words"), most=0.5)
    ratio("`/ranges`, gzip kept, requests/s", "identity",
          quotients(rates(rows["ranges-gzip"], "portolan"), rates(rows["ranges"], "portolan")), 0.95)
    rate("search, gzip on the fly, requests/s", "search-gzip", "nginx", 1.0)
    rate("TLS keep-alive, requests/s", "tls", "nginx", 1.1)
    rate("TLS, full handshakes, requests/s", "tls-full", "nginx", 1.0)
    absolute("first answer after exec", found.first_answer_milliseconds, 30, "ms")
    absolute("memory after a walk over all ports", found.walk_bytes / 2**20, 30, "MiB")
    absolute("memory of an idle connection", found.idle_bytes / 1024, 2, "KiB")
    absolute("memory of an idle TLS connection", found.idle_tls_bytes / 1024, 18, "KiB")
    absolute("binary, stripped", found.stripped_bytes / 1e6, 20, "MB")
    return made

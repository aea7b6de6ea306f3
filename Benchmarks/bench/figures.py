"""Figures of Portolan alone: start, memory, size, and how cost grows with load, rows and loops."""
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median

from . import budgets, search, shares
from .client import Connection
from .measure import Contest, Sample, say
from .peers import Place, start_portolan
from .process import Failure
from .scenarios import SCENARIOS
from .tools import BUILT, PORTOLAN

CONNECTIONS = (1, 10, 100, 1_000, 10_000)
FACTORS = (1, 3, 10)
IDLE, IDLE_TLS = 4_000, 5_000
# Making so many takes longer than a connection may be idle by default.
PATIENT = ["--idle-timeout-seconds", "3600"]
GROWTH_ROUNDS = 3
FIRST_PLACE = Place()
# Two loops need both cores, so the load shares them.
LOOPS = {"1 loop": Place(1, None, None), "2 loops": Place(2, None, None)}


@dataclass
class Figures:
    first_answer_milliseconds: float = 0
    stripped_bytes: int = 0
    walk_bytes: int = 0
    idle_bytes: float = 0  # for each connection
    idle_tls_bytes: float = 0
    search: dict[str, list[dict]] = field(default_factory=dict)
    by_connections: dict[int, Sample] = field(default_factory=dict)
    by_rows: dict[int, dict] = field(default_factory=dict)
    by_loops: dict[str, Sample] = field(default_factory=dict)
    by_place: list[shares.Share] = field(default_factory=list)


def measure(rounds: int, seconds: int, folder: Path) -> Figures:
    found = Figures()
    say("start, memory and size")
    (folder / "figures").mkdir(parents=True)
    found.first_answer_milliseconds = min(
        budgets.first_answer_milliseconds(PORTOLAN, folder / "figures"))
    found.stripped_bytes = budgets.stripped_size(PORTOLAN, folder / "figures")
    found.walk_bytes = budgets.resident_after_walk(PORTOLAN, folder / "figures")
    found.idle_bytes = idle_bytes(folder / "idle", IDLE, tls=False)
    found.idle_tls_bytes = idle_bytes(folder / "idle-tls", IDLE_TLS, tls=True)
    say("search inside the program")
    with start_portolan(folder / "rows", FIRST_PLACE) as running:
        found.search = search.compare(running.port, rounds, FIRST_PLACE.server_cores)
    for factor in FACTORS:
        say(f"{factor} times the rows")
        found.by_rows[factor] = with_rows(factor, folder / f"rows-{factor}")
    port = next(scenario for scenario in SCENARIOS if scenario.name == "port-64")
    for connections in CONNECTIONS:
        say(f"{connections} connections")
        scenario = replace(port, name=f"grow-{connections}", connections=connections)
        found.by_connections[connections] = middle(scenario, seconds, folder, FIRST_PLACE)
    for name, place in LOOPS.items():
        say(name)
        scenario = replace(port, name=name.replace(" ", "-"))
        found.by_loops[name] = middle(scenario, seconds, folder, place)
    found.by_place = shares.measure(seconds, folder, FIRST_PLACE)
    return found


def middle(scenario, seconds: int, folder: Path, place: Place) -> Sample:
    contest = Contest(scenario, ("portolan",), folder, place)
    for number in range(GROWTH_ROUNDS):
        contest.run_round(number, seconds)
    samples = sorted(contest.row.samples["portolan"], key=lambda one: one.requests_per_second)
    return samples[len(samples) // 2]


def idle_bytes(run: Path, count: int, tls: bool) -> float:
    """What a connection that has been answered once, and then waits, adds to the resident size."""
    with start_portolan(run, FIRST_PLACE, PATIENT, tls) as running:
        with Connection(running.port, tls) as connection:
            for _ in range(256):
                connection.get("/ports/443")
        before = running.server.memory_bytes()
        connections = []
        try:
            for _ in range(count):
                connections.append(Connection(running.port, tls))
                if connections[-1].get("/ports/443").status != 200:
                    raise Failure("an idle connection was not answered")
            return (running.server.memory_bytes() - before) / count
        finally:
            for connection in connections:
                connection.socket.close()


def with_rows(factor: int, run: Path) -> dict:
    """Memory, start and one search with so many times the rows of the IANA table."""
    report = search.grown(factor, FIRST_PLACE.server_cores)
    arguments = ["--registry", str(search.whole_table(factor))] if factor > 1 else []
    with start_portolan(run, FIRST_PLACE, arguments) as running:
        report["total"] = search.export_rows(running.port, BUILT / "grown.tsv")
        with Connection(running.port) as connection:
            targets = [f"/ports/{number}" for number in range(65_536)]
            before = running.server.cpu_seconds()
            statuses = {answer.status for answer in connection.get_all(targets)}
            used = running.server.cpu_seconds() - before
        if statuses != {200}:
            raise Failure(f"ports were answered with {sorted(statuses)}")
        report["resident_bytes"] = running.server.memory_bytes()
        report["cpu_microseconds"] = used * 1e6 / len(targets)
    if factor > 1 and report["total"] < report["rows"] * 0.9:
        raise Failure(f"{report['total']} rows are served where {report['rows']} were built: "
                      "--registry was not heeded")
    return report


def search_ratios(found: Figures, way: str) -> list[float]:
    pairs = zip(found.search["portolan"], found.search[way], strict=True)
    return [ours["microseconds"] / theirs["microseconds"] for ours, theirs in pairs]


def search_median(found: Figures, name: str) -> float:
    return median(report["microseconds"] for report in found.search[name])

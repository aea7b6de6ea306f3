"""Rounds: every scenario, and every peer in it, in turn, so that a ratio is of neighbours in time."""
import sys
from dataclasses import dataclass, field
from pathlib import Path

from .answers import Expected, request_fields
from .load import drive
from .peers import Place, start
from .process import Failure
from .scenarios import Scenario


@dataclass(frozen=True)
class Sample:
    """One server under one load for one round."""
    requests_per_second: float
    cpu_microseconds: float  # of the server, for each request
    busy: float  # processors that the server kept busy
    p50: float
    p99: float
    p999: float
    resident_bytes: int


@dataclass
class Row:
    """All rounds of one scenario, by peer."""
    scenario: Scenario
    samples: dict[str, list[Sample]] = field(default_factory=dict)


class Contest:
    """One scenario made ready: answers captured, every peer checked answer by answer."""

    def __init__(self, scenario: Scenario, peers: tuple[str, ...], folder: Path, place: Place):
        self.scenario, self.peers, self.place = scenario, peers, place
        self.folder = folder / scenario.name
        self.folder.mkdir(parents=True)
        with start("portolan", scenario, self.folder, place) as running:
            self.expected = Expected(scenario, running.port)
            (self.folder / "answer").write_bytes(self.expected.representative(running.port))
        if set(peers) - {"portolan", "ceiling"}:
            self.expected.write(self.folder)
        self.row = Row(scenario, {peer: [] for peer in peers})
        for peer in peers:
            self.check(peer)

    def check(self, peer: str) -> None:
        with start(peer, self.scenario, self.folder, self.place) as running:
            fields = request_fields(self.scenario, running.port)
            self.expected.check(peer, running.port, self.scenario.targets, fields)

    def run_round(self, number: int, seconds: int) -> None:
        turn = number % len(self.peers)
        for peer in self.peers[turn:] + self.peers[:turn]:
            self.row.samples[peer].append(self.sample_or_repeat(peer, seconds))

    def sample_or_repeat(self, peer: str, seconds: int) -> Sample:
        """One failure is said and repeated, so that a hiccup does not cost an hour; two end all."""
        try:
            return self.sample(peer, seconds)
        except Failure as failure:
            say(f"REPEATED {peer}: {failure}")
            return self.sample(peer, seconds)

    def sample(self, peer: str, seconds: int) -> Sample:
        with start(peer, self.scenario, self.folder, self.place) as running:
            server = running.server
            fields = request_fields(self.scenario, running.port)
            answers = self.expected.check(peer, running.port, self.scenario.targets[:256], fields)
            server.wait_until_idle()
            before = server.cpu_seconds()
            load = drive(self.scenario, running.port, fields, len(answers[0].raw), self.folder,
                         seconds, self.place.load_cores)
            used = server.cpu_seconds() - before
            return Sample(load.requests / load.seconds, used * 1e6 / load.requests,
                          used / load.seconds, load.p50, load.p99, load.p999,
                          server.memory_bytes())


def measure(
    scenarios: list[Scenario], peers: set[str], rounds: int, seconds: int, folder: Path,
    place: Place = Place()
) -> dict[str, Row]:
    contests = []
    for scenario in scenarios:
        say(f"checking {scenario.name}")
        taking_part = tuple(peer for peer in scenario.peers if peer in peers)
        contests.append(Contest(scenario, taking_part, folder, place))
    for number in range(rounds):
        for contest in contests:
            say(f"round {number + 1} of {rounds}: {contest.scenario.name}")
            contest.run_round(number, seconds)
    return {contest.scenario.name: contest.row for contest in contests}


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)

"""Where the time of a request goes: in the program, in the kernel, and in which system calls."""
import os
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .answers import request_fields
from .load import Load, drive
from .measure import Contest
from .peers import Place, Running, start
from .process import Failure, Server
from .scenarios import SCENARIOS

# The scenarios, and whose time is told in each.
WANTED = {
    "port-64": ("portolan", "ceiling", "nginx"),
    "pipelined": ("portolan", "ceiling"),
    "new-connection": ("portolan", "ceiling", "nginx"),
    "search": ("portolan", "ceiling"),
    "search-gzip": ("portolan", "nginx"),
    "tls": ("portolan", "nginx"),
    "tls-full": ("portolan", "nginx"),
}
RUNS = 3
CALLS_FLOOR = 0.005  # of a request: what is rarer is the clock's and the log's


@dataclass(frozen=True)
class Share:
    scenario: str
    peer: str
    user_microseconds: float
    kernel_microseconds: float
    calls: dict[str, float]  # for each request, the most frequent first


def measure(seconds: int, folder: Path, place: Place) -> list[Share]:
    found = []
    for scenario in SCENARIOS:
        peers = WANTED.get(scenario.name, ())
        if not peers:
            continue
        contest = Contest(scenario, peers, folder / "shares", place)
        for peer in peers:
            # The run that others disturbed least.
            user, kernel = min((times(contest, peer, seconds) for _ in range(RUNS)), key=sum)
            found.append(Share(scenario.title, peer, user, kernel, calls(contest, peer, seconds)))
    return found


def times(contest: Contest, peer: str, seconds: int) -> tuple[float, float]:
    """User and kernel microseconds for each request."""
    with start(peer, contest.scenario, contest.folder, contest.place) as running:
        check(contest, peer, running)
        running.server.wait_until_idle()
        before = ticks(running.server)
        load = load_on(contest, peer, running, seconds)
        used = [now - then for now, then in zip(ticks(running.server), before, strict=True)]
    each = 1e6 / os.sysconf("SC_CLK_TCK") / load.requests
    return used[0] * each, used[1] * each


def ticks(server: Server) -> tuple[int, int]:
    """utime and stime of proc(5), summed over the processes."""
    stats = [stat for pid in server.processes() if (stat := server.stat(pid))]
    return sum(int(stat[11]) for stat in stats), sum(int(stat[12]) for stat in stats)


def calls(contest: Contest, peer: str, seconds: int) -> dict[str, float]:
    """System calls for each request, by strace. It slows the server, so that more is ready at each
    epoll_wait than otherwise."""
    table = contest.folder / "strace"
    with start(peer, contest.scenario, contest.folder, contest.place) as running:
        check(contest, peer, running)  # Who listens may not have all its processes yet.
        pids = [str(pid) for pid in running.server.processes()]
        command = ["strace", "-f", "-c", "-U", "calls,name", "-o", str(table), "-p", ",".join(pids)]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
            if "attached" not in (said := tracer.stderr.readline()):
                raise Failure(f"strace: {said}")
            load = load_on(contest, peer, running, seconds)
            tracer.send_signal(signal.SIGINT)
            tracer.communicate()
    counted = {}
    for words in (line.split() for line in table.read_text().splitlines()):
        if len(words) == 2 and words[0].isdigit() and words[1] != "total":
            counted[words[1]] = int(words[0]) / load.requests
    if not counted:
        raise Failure(f"strace counted nothing of {peer}")
    return {name: count for name, count in counted.items() if count >= CALLS_FLOOR}


def load_on(contest: Contest, peer: str, running: Running, seconds: int) -> Load:
    size = check(contest, peer, running)
    fields = request_fields(contest.scenario, running.port)
    return drive(contest.scenario, running.port, fields, size, contest.folder, seconds,
                 contest.place.load_cores)


def check(contest: Contest, peer: str, running: Running) -> int:
    """Holds the answers against what they must be, and gives the size of the first."""
    scenario, port = contest.scenario, running.port
    fields = request_fields(scenario, port)
    return len(contest.expected.check(peer, port, scenario.targets[:256], fields)[0].raw)

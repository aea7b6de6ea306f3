"""Budgets that no noise moves: instructions and allocations for each request, and figures of start."""
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from .client import Connection, request
from .process import Failure, Server
from .scenarios import GZIP, QUERIES

FILE = Path(__file__).resolve().parents[1] / "budgets.json"
ALLOCATIONS_SOURCE = FILE.parent / "load/allocations.c"
GROWTH_MAX = 0.03
WARM_REQUESTS = 64
FEW, MANY = 200, 1_200
COUNTED_STARTS = 3
START_TRIES = 10
PATIENCE_SECONDS = 60
LISTENING = re.compile(r"listening on http://127\.0\.0\.1:([0-9]+)")


@dataclass(frozen=True)
class Work:
    """What is asked over and over on one connection, `depth` requests at a time."""
    name: str
    targets: tuple[str, ...]
    fields: tuple[tuple[str, str], ...] = ()
    depth: int = 1
    conditional: bool = False
    allocations_max: float | None = None


SEARCHES = tuple(f"/ports?q={query}" for query in QUERIES.read_text("utf-8").split())
WORKS = [
    Work("port", ("/ports/443",), allocations_max=0),
    Work("port-gzip", ("/ports/80",), GZIP),
    Work("not-modified", ("/ports/443",), conditional=True),
    Work("search", SEARCHES[:FEW]),
    Work("ranges", ("/ranges",)),
    Work("pipelined", ("/ports/443",), depth=16, allocations_max=0),
]


class Client:
    """Sends one work over one connection. Every answer must have the status it should."""

    def __init__(self, port: int, work: Work):
        self.connection, self.work = Connection(port, timeout_seconds=PATIENCE_SECONDS), work
        self.fields, self.place = list(work.fields), 0
        if work.conditional:
            tag = self.connection.get(work.targets[0]).fields["etag"]
            self.fields.append(("If-None-Match", tag))
        self.status = 304 if work.conditional else 200
        self.ask(max(WARM_REQUESTS, len(work.targets)))

    def ask(self, count: int) -> None:
        work = self.work
        for start in range(0, count, work.depth):
            some = [work.targets[(self.place + number) % len(work.targets)]
                    for number in range(min(work.depth, count - start))]
            self.place += len(some)
            self.connection.socket.sendall(
                b"".join(request(target, self.fields) for target in some))
            for target in some:
                answer = self.connection.answer()
                if answer.status != self.status:
                    raise Failure(f"{target}: {answer.status} {answer.body[:200]!r}")


def port_of(server: Server) -> int:
    def port():
        found = LISTENING.search(server.log.read_text("utf-8", "replace"))
        return found and int(found[1])
    return server.wait_for(port, "does not listen", PATIENCE_SECONDS)


@contextmanager
def serving(command: list[str], log: Path, **environment: str):
    """One loop, and no hashing that differs from run to run."""
    arguments = ["serve", "--listen", "127.0.0.1:0", "--workers", "1"]
    environment["SWIFT_DETERMINISTIC_HASHING"] = "1"
    with Server([*command, *arguments], log, environment) as server:
        yield server, port_of(server)


class Instructions:
    """The program under callgrind; every dump has what was counted since the one before."""

    def __init__(self, server: Server, folder: Path):
        self.server, self.folder, self.dumps = server, folder, 0

    def since_last(self) -> int:
        self.dumps += 1
        subprocess.run(["callgrind_control", "--dump=budget", str(self.server.child.pid)],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        files = self.folder.glob(f"counts.{self.dumps}*")
        return sum(int(number) for file in files
                   for number in re.findall(r"^totals: ([0-9]+)", file.read_text(), re.MULTILINE))

    def settle(self) -> int:
        """Waits until what runs in the background after the start is done; gives all of it."""
        total, last = 0, 1 << 62
        while last > 1_000_000:
            time.sleep(0.3)
            last = self.since_last()
            total += last
        return total


@contextmanager
def counting(stripped: Path, folder: Path):
    """The program under callgrind, what was counted of it, and its port."""
    folder.mkdir()
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/counts",
               str(stripped)]
    with serving(command, folder / "callgrind.log") as (server, port):
        yield Instructions(server, folder), port


def count_start(stripped: Path, folder: Path) -> int:
    with counting(stripped, folder) as (instructions, _):
        return instructions.since_last()


def count_instructions(binary: Path, folder: Path) -> dict[str, float]:
    """Instructions in user space: at the start, and for one request of each work."""
    stripped = folder / "without-debug"
    subprocess.run(["strip", "--strip-debug", "-o", stripped, binary], check=True)
    # What runs in the background begins right behind the start, and a part of it is counted before
    # the dump comes: the least of some is nearest to the truth.
    counts = {"start": min(count_start(stripped, folder / f"start-{number}")
                           for number in range(COUNTED_STARTS))}
    with counting(stripped, folder / "works") as (instructions, port):
        instructions.settle()
        for work in WORKS:
            client = Client(port, work)
            instructions.since_last()
            client.ask(FEW)
            few = instructions.since_last()
            client.ask(MANY)
            many = instructions.since_last()
            counts[work.name] = (many - few) / (MANY - FEW)
            client.connection.socket.close()
    return counts


def count_allocations(binary: Path, folder: Path) -> dict[str, float]:
    """Calls of malloc and its kin for one request of each work."""
    library, sum_file = folder / "allocations.so", folder / "allocations"
    compiler = shutil.which("cc") or shutil.which("clang")  # Swift brings clang
    subprocess.run([compiler, "-std=gnu2x", "-O2", "-shared", "-fPIC", "-o", library,
                    ALLOCATIONS_SOURCE], check=True)
    sum_file.write_bytes(bytes(4096))

    def so_far() -> int:
        return int.from_bytes(sum_file.read_bytes()[:8], "little")

    counts = {}
    environment = {"LD_PRELOAD": str(library), "ALLOCATION_COUNT": str(sum_file)}
    with serving([str(binary)], folder / "allocations.log", **environment) as (_, port):
        if not so_far():
            raise Failure("no allocation was counted")
        wait_until_still(so_far)
        for work in WORKS:
            client = Client(port, work)
            before = so_far()
            client.ask(MANY)
            counts[work.name] = (so_far() - before) / MANY
            client.connection.socket.close()
    return counts


def wait_until_still(so_far) -> None:
    """Until nothing has been allocated for a while: the start's background work is over."""
    last = -1
    while last != (now := so_far()):
        last = now
        time.sleep(0.3)


def first_answer_milliseconds(binary: Path, folder: Path) -> list[float]:
    """From before exec to the last byte of the first answer, try by try."""
    tries = []
    for _ in range(START_TRIES):
        began = time.monotonic()
        child = subprocess.Popen(
            [binary, "serve", "--listen", "127.0.0.1:0", "--workers", "1"], cwd=folder,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            port = int(LISTENING.search(child.stderr.readline().decode())[1])
            with Connection(port) as connection:
                status = connection.get("/ports/443").status
            tries.append((time.monotonic() - began) * 1000)
            if status != 200:
                raise Failure(f"the first answer was {status}")
        finally:
            child.kill()
            child.wait()
            child.stderr.close()
    return tries


def stripped_size(binary: Path, folder: Path) -> int:
    subprocess.run(["strip", "-o", folder / "stripped", binary], check=True)
    return (folder / "stripped").stat().st_size


def resident_after_walk(binary: Path, folder: Path) -> int:
    with serving([str(binary)], folder / "walk.log") as (server, port):
        with Connection(port) as connection:
            targets = [f"/ports/{number}" for number in range(65_536)]
            if any(answer.status != 200 for answer in connection.get_all(targets)):
                raise Failure("a port was not answered")
        return server.memory_bytes()


def measure(binary: Path) -> dict:
    missing = [name for name in ("valgrind", "strip", "clang") if not shutil.which(name)]
    if missing or not os.access(binary, os.X_OK):
        raise Failure(f"missing: {' '.join(missing) or binary}")
    with tempfile.TemporaryDirectory(prefix="budgets-") as name:
        folder = Path(name)
        starts = first_answer_milliseconds(binary, folder)
        return {
            "instructions": count_instructions(binary, folder),
            "allocations": count_allocations(binary, folder),
            "first_answer_milliseconds": {"best": min(starts), "median": median(starts)},
            "stripped_bytes": stripped_size(binary, folder),
            "resident_bytes": resident_after_walk(binary, folder),
        }


def report(measured: dict, budgets: dict[str, float]) -> list[str]:
    """Prints everything; gives what broke its budget."""
    faults, allocations = [], measured["allocations"]
    print(f"{'':14}{'instructions':>14}{'budget':>14}{'':>9}{'allocations':>13}")
    for name, count in measured["instructions"].items():
        budget = budgets.get(name)
        change = "" if budget is None else f"{count / budget - 1:+.1%}"
        made = f"{allocations[name]:.2f}" if name in allocations else ""
        print(f"{name:14}{count:14,.0f}{budget or 0:14,.0f}{change:>9}{made:>13}")
        if budget is None:
            faults.append(f"{name} has no budget")
        elif count > budget * (1 + GROWTH_MAX):
            faults.append(f"{name} costs {count:,.0f} instructions; its budget is {budget:,.0f}")
    for work in WORKS:
        if work.allocations_max is not None and allocations[work.name] > work.allocations_max:
            faults.append(f"{work.name} allocates {allocations[work.name]:.2f} times a request")
    start = measured["first_answer_milliseconds"]
    print(f"first answer after exec  {start['best']:.1f} ms (median {start['median']:.1f})")
    print(f"resident after all ports {measured['resident_bytes'] / 2**20:.1f} MiB")
    print(f"stripped binary          {measured['stripped_bytes'] / 1e6:.1f} MB")
    return faults


def save(measured: dict) -> None:
    counts = {name: round(count) for name, count in measured["instructions"].items()}
    FILE.write_text(json.dumps(counts, indent=2) + "\n", "utf-8")

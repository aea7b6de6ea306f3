"""A long time of everything at once: what is held afterwards is what was held before."""
import random
import socket
import time
from pathlib import Path

from Support.cases import Findings
from Support.program import Program, mebibytes
from Support.wire import ask, request

from .base import ADMIN, wait_until
from .load import MIXED, Load

SOAK_SECONDS, SOAK_SHORT_SECONDS = 600, 20
SAMPLE_SECONDS = 0.5
# Of the second half; what the first half warms up is no leak.
GROWTH_LIMIT_BYTES = 4 << 20
TARGETS = (*MIXED, "/", "/map", "/ports?limit=1000", "/openapi.json", "/ports?q=remote+desktop")


def slope(samples: list[tuple[float, int]]) -> float:
    """Bytes a second, by least squares."""
    count = len(samples)
    mean_time = sum(moment for moment, _ in samples) / count
    mean_size = sum(size for _, size in samples) / count
    above = sum((moment - mean_time) * (size - mean_size) for moment, size in samples)
    return above / sum((moment - mean_time) ** 2 for moment, _ in samples)


def disturb(address: tuple[str, int], chance: random.Random) -> None:
    """One client that is no good: it leaves early, talks nonsense, asks for what is not."""
    with socket.create_connection(address, 5) as client:
        client.sendall(chance.choice((
            b"", b"GET", request("/ports?limit=1000") * 3, chance.randbytes(200),
            request("/nowhere"), request("/ports/443", "Transfer-Encoding: chunked"))))
        if chance.random() < 0.5:
            client.settimeout(0.2)
            try:
                client.recv(1000)
            except OSError:
                pass


def soak(binary: Path, short: bool, findings: Findings) -> None:
    seconds, chance = SOAK_SHORT_SECONDS if short else SOAK_SECONDS, random.Random(6335)
    with Program(binary, *ADMIN) as program:
        for target in TARGETS:
            ask(program.address, target)
        program.settled_resident_bytes()
        descriptors, threads = program.descriptor_count(), program.thread_count()
        samples, started = [], time.monotonic()
        with Load(program.address, targets=TARGETS, clients=8, pause_seconds=0.005) as load:
            while (now := time.monotonic() - started) < seconds:
                samples.append((now, program.resident_bytes()))
                for _ in range(5):
                    disturb(program.address, chance)
                ask(program.admin, "/metrics")
                time.sleep(SAMPLE_SECONDS)
        later = samples[len(samples) // 2:]
        rise = slope(later)
        findings.say(f"{load.tally} in {seconds} s")
        findings.say(f"resident {mebibytes(samples[0][1])} at first, {mebibytes(later[0][1])} at "
                     f"half, {mebibytes(later[-1][1])} at the end; "
                     f"{rise * 3600 / (1 << 20):+.1f} MiB an hour in the second half")
        findings.require(load.tally.failed == 0 and not load.tally.unconnected, "requests failed")
        grown = rise * (later[-1][0] - later[0][0])
        findings.require(grown <= GROWTH_LIMIT_BYTES, f"memory grew by {mebibytes(grown)}")
        # What a client left behind is ended by a deadline at the latest.
        wait_until(lambda: program.descriptor_count() <= descriptors, 30)
        findings.say(f"descriptors {descriptors}, then {program.descriptor_count()}; threads "
                     f"{threads}, then {program.thread_count()}")
        findings.require(program.descriptor_count() <= descriptors, "descriptors were lost")
        findings.require(program.thread_count() <= threads + 2, "threads became more")

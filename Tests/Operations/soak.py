"""A long time of everything at once: what is held afterwards is what was held before."""
import os
import random
import socket
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from Support.cases import Findings
from Support.program import Program, mebibytes
from Support.wire import Closed, Malformed, ask, request

from .base import ADMIN, make_certificate, metrics, wait_until
from .load import MIXED, Load
from .reloading import DONE, REFUSED

SOAK_SECONDS, SOAK_SHORT_SECONDS = 600, 20
SAMPLE_SECONDS, DISTURBANCE_SECONDS = 10, 0.5
# What is taken before is warming up; of a short soak that is the first half.
WARM_SECONDS, WARM_SHARE = 120, 2
# How much more the last samples may have than the first warm ones; the one in the middle counts,
# since a reload needs room for both.
SAMPLE_COUNT_COMPARED = 3
MEMORY_GROWTH_LIMIT_BYTES = 4 << 20
DESCRIPTOR_GROWTH_LIMIT = 16
THREAD_GROWTH_LIMIT = 2
IDLE_SECONDS = 10
SITE_HEADER = "port,last,transports,service,name,owner,environments,link,note\n"
TARGETS = (*MIXED, "/", "/map", "/ports?limit=1000", "/openapi.json", "/ports?q=remote+desktop",
           "/ports/22?format=text", "/services/ssh?format=html", "/ports?q=web&format=csv")


@dataclass(frozen=True)
class Sample:
    seconds: float
    resident_bytes: int
    descriptors: int
    threads: int

    def __str__(self) -> str:
        return (f"{self.seconds:5.0f} s  {mebibytes(self.resident_bytes):>9}  "
                f"{self.descriptors:4d} descriptors  {self.threads:3d} threads")


class Disturber:
    """Those who are no good, and those who come and go: each turn some of each."""

    def __init__(self, program: Program, site: Path):
        self.program, self.site, self.chance = program, site, random.Random(6335)
        self.reload_count = 0

    def turn(self) -> None:
        for _ in range(5):
            self.leave_early()
        ask(self.program.admin, "/metrics")
        self.hold()
        self.change()

    def leave_early(self) -> None:
        with socket.create_connection(self.program.address, 5) as client:
            client.sendall(self.chance.choice((
                b"", b"GET", request("/ports?limit=1000") * 3, self.chance.randbytes(200),
                request("/nowhere"), request("/ports/443", "Transfer-Encoding: chunked"))))
            if self.chance.random() < 0.5:
                client.settimeout(0.2)
                try:
                    client.recv(1000)
                except OSError:
                    pass

    def hold(self) -> None:
        """A client that waits for a change and does not stay."""
        tag = ask(self.program.address, "/ports/443").field("etag")
        with socket.create_connection(self.program.address, 5) as client:
            client.sendall(request("/ports/443", f"If-None-Match: {tag}", "Prefer: wait=5"))

    def change(self) -> None:
        """Other data now and then, sound and faulty by turns."""
        self.reload_count += 1
        if self.reload_count % 10:
            return
        turn = self.reload_count // 10
        port = "x" if turn % 3 == 0 else 10_400 + turn % 50
        new = self.site.with_suffix(".new")
        new.write_text(f"{SITE_HEADER}{port},,tcp,turn{turn},,,,,\n")
        new.rename(self.site)


def soak(binary: Path, short: bool, findings: Findings) -> None:
    soak_for(SOAK_SHORT_SECONDS if short else SOAK_SECONDS, binary, findings)


def soak_for(seconds: float, binary: Path, findings: Findings) -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        certificate, key = make_certificate(folder, "soak")
        site = folder / "site.csv"
        site.write_text(SITE_HEADER)
        program = stack.enter_context(Program(
            binary, *ADMIN, "--site", str(site), "--access-log", os.devnull,
            "--idle-timeout-seconds", str(IDLE_SECONDS), "--tls-listen", "127.0.0.1:0",
            "--tls-certificate", str(certificate), "--tls-key", str(key)))
        program.settled_resident_bytes()
        descriptors = program.descriptor_count()
        loads = [Load(address, targets=TARGETS, clients=4, is_tls=is_tls, pause_seconds=0.005)
                 for address, is_tls in ((program.address, False),
                                         (program.listener("listening on https"), True))]
        for load in loads:
            stack.enter_context(load)
        samples = sample_for(seconds, program, Disturber(program, site), findings)
        for load in loads:
            load.__exit__()
            findings.say(str(load.tally))
            findings.require(load.tally.answered > 0 and load.tally.failed == 0
                             and not load.tally.unconnected, "requests failed")
        judge(samples, seconds, findings)
        after = metrics(program.admin)
        findings.say(f"reloads: {after[DONE]:.0f} done, {after[REFUSED]:.0f} refused")
        # What a client left behind is ended by a deadline at the latest.
        wait_until(lambda: program.descriptor_count() <= descriptors, 3 * IDLE_SECONDS)
        findings.say(f"descriptors {descriptors} before, {program.descriptor_count()} afterwards")
        findings.require(program.descriptor_count() <= descriptors, "descriptors were lost")


def sample_for(seconds: float, program: Program, disturber: Disturber,
               findings: Findings) -> list[Sample]:
    """Disturbs for so long, and looks every ten seconds, or twenty times if it is shorter."""
    samples: list[Sample] = []
    started = time.monotonic()
    interval = min(SAMPLE_SECONDS, seconds / 20)
    while (now := time.monotonic() - started) < seconds:
        try:
            disturber.turn()
        except (OSError, Closed, Malformed) as fault:
            findings.require(False, f"after {now:.0f} s: {type(fault).__name__}: {fault}")
            break
        if now >= len(samples) * interval:
            samples.append(Sample(now, program.resident_bytes(), program.descriptor_count(),
                                  program.thread_count()))
            findings.say(str(samples[-1]))
        time.sleep(DISTURBANCE_SECONDS)
    return samples


def judge(samples: list[Sample], seconds: float, findings: Findings) -> None:
    warm = [sample for sample in samples
            if sample.seconds >= min(WARM_SECONDS, seconds / WARM_SHARE)]
    if len(warm) < 2 * SAMPLE_COUNT_COMPARED:
        findings.require(False, f"{len(warm)} samples are too few to say anything")
        return

    def growth(figure: Callable[[Sample], int]) -> float:
        first, last = warm[:SAMPLE_COUNT_COMPARED], warm[-SAMPLE_COUNT_COMPARED:]
        return statistics.median(map(figure, last)) - statistics.median(map(figure, first))

    memory = growth(lambda sample: sample.resident_bytes)
    descriptors = growth(lambda sample: sample.descriptors)
    threads = growth(lambda sample: sample.threads)
    findings.say(f"from {warm[0].seconds:.0f} s to the end: {memory / (1 << 20):+.1f} MiB, "
                 f"{descriptors:+.0f} descriptors, {threads:+.0f} threads")
    findings.require(memory <= MEMORY_GROWTH_LIMIT_BYTES, "memory grew")
    findings.require(descriptors <= DESCRIPTOR_GROWTH_LIMIT, "descriptors became more")
    findings.require(threads <= THREAD_GROWTH_LIMIT, "threads became more")

"""Far more connections than descriptors."""
import shutil
import time
from pathlib import Path

from Support.program import Program

from .base import Findings, close_all, connect_without_waiting, raise_descriptor_limit, status_of

DESCRIPTORS, CLIENTS = 128, 2000
IDLE_SHARE_LIMIT = 0.05  # of one processor, while nothing can be accepted
RELEASE_LIMIT_SECONDS = 1.0
SETTLE_SECONDS = 1.0


def descriptors(binary: Path, short: bool, findings: Findings) -> None:
    raise_descriptor_limit()
    limit = (shutil.which("prlimit"), f"--nofile={DESCRIPTORS}:{DESCRIPTORS}")
    with Program(binary, prefix=limit) as program:
        clients = [connect_without_waiting(program.address) for _ in range(CLIENTS)]
        time.sleep(SETTLE_SECONDS)
        seconds = 3 if short else 15
        before = program.cpu_seconds()
        time.sleep(seconds)
        findings.require(program.is_running, "the program died at the limit")
        if not program.is_running:
            return
        share = (program.cpu_seconds() - before) / seconds
        findings.say(f"{CLIENTS} connects, {DESCRIPTORS} descriptors: {share:.1%} of a processor")
        findings.require(share <= IDLE_SHARE_LIMIT, "it spins at the limit")
        close_all(clients)
        started = time.monotonic()
        status = status_of(program.address, 10)
        waited = time.monotonic() - started
        findings.say(f"served {waited * 1000:.0f} ms after the release")
        findings.require(status == 200 and waited <= RELEASE_LIMIT_SECONDS, "served too late")
        findings.require_serving(program)

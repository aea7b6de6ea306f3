"""Clients that are slow on purpose, in the four ways of slowhttptest."""
import os
import shutil
import subprocess
from pathlib import Path

from Support.program import Program

from .base import LARGEST_LIST, PORT, Findings, Probe, p99_limit_milliseconds

CLIENTS = 1000
MODES = {
    "slow header": ("-H", "-u", PORT),
    "slow content": ("-B", "-u", PORT),
    "overlapping ranges": ("-R", "-u", PORT),
    "slow reading": ("-X", "-u", LARGEST_LIST, "-k", "3", "-n", "1", "-z", "5", "-w", "1",
                     "-y", "512"),
}


def install() -> str | None:
    if not shutil.which("slowhttptest") and os.geteuid() == 0:
        subprocess.run(["apt-get", "install", "-y", "-q", "slowhttptest"],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return shutil.which("slowhttptest")


def slow_clients(binary: Path, short: bool, findings: Findings) -> None:
    command = install()
    findings.require(command is not None, "slowhttptest is missing: apt-get install slowhttptest")
    if command is None:
        return
    seconds = 4 if short else 15
    for mode, (flag, _, target, *rest) in MODES.items():
        with Program(binary) as program:
            findings.say(f"{mode}, {CLIENTS} clients, {seconds} s")
            url = f"http://127.0.0.1:{program.port}{target}"
            with Probe(program.address) as probe:
                subprocess.run([command, flag, "-c", str(CLIENTS), "-r", "500", "-i", "2",
                                "-l", str(seconds), "-u", url, *rest],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               timeout=seconds + 30)
            probe.report(findings, p99_limit_milliseconds(short))
            findings.require_serving(program)

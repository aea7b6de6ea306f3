"""SIGTERM: what has begun is answered, then it ends; who cannot wait says it twice."""
import os
import signal
import socket
import tempfile
import time
from collections import Counter
from pathlib import Path

from Support.cases import Findings
from Support.program import Program
from Support.wire import Connection, ask, request

from .base import SITE, open_once_read, wait_until
from .load import Load

STOPS, STOPS_SHORT = 10, 3
STOPS_AMID_CONNECTS, STOPS_AMID_CONNECTS_SHORT = 100, 20
DELAY_SECONDS = 2
SOON_SECONDS = 1.0


def stop_under_load(binary: Path, short: bool, findings: Findings) -> None:
    """Every client gets its last answer with Connection: close, and none an error."""
    for turn in range(STOPS_SHORT if short else STOPS):
        with Program(binary) as program:
            load = Load(program.address, clients=32, renew_after=1 << 30, reconnects=False)
            with load:
                time.sleep(0.3)
                started = time.monotonic()
                status = program.terminate()
                seconds = time.monotonic() - started
                load.wait()
        findings.say(f"stop {turn + 1}: {load.tally}, {load.tally.last_answers} told to close, "
                     f"exit {status} after {seconds * 1000:.0f} ms")
        findings.require(status == 0, f"exit status {status}")
        findings.require(load.tally.failed == 0 and not load.tally.unconnected, "requests failed")
        findings.require(load.tally.last_answers == 32, "not everybody was told")


def stop_amid_connects(binary: Path, short: bool, findings: Findings) -> None:
    """Each request on a new connection: what is in the closing queue is lost, but nothing else."""
    statuses = Counter()
    for _ in range(STOPS_AMID_CONNECTS_SHORT if short else STOPS_AMID_CONNECTS):
        with Program(binary) as program, \
                Load(program.address, clients=64, targets=("/ports/443",), renew_after=1):
            time.sleep(0.1)
            statuses[program.terminate()] += 1
    findings.say(f"exit statuses: {dict(statuses)}")
    findings.require(statuses.keys() == {0}, "it did not always end with 0")


def shutdown_delay(binary: Path, short: bool, findings: Findings) -> None:
    """Not ready at once, and serving until the delay is over, new connections too."""
    with Program(binary, "--shutdown-delay-seconds", str(DELAY_SECONDS)) as program:
        findings.require(ask(program.address, "/readyz").status == 200, "it is not ready at first")
        load = Load(program.address, renew_after=50)
        with load:
            started = time.monotonic()
            program.signal(signal.SIGTERM)
            wait_until(lambda: ask(program.address, "/readyz").status == 503, SOON_SECONDS)
            unready = time.monotonic() - started
            findings.require(ask(program.address, "/livez").status == 200, "it is not live")
            time.sleep(DELAY_SECONDS - 0.5 - unready)
        findings.say(f"unready after {unready * 1000:.0f} ms; until half a second before the end: "
                     f"{load.tally}")
        findings.require(unready < SOON_SECONDS, "not unready at once")
        findings.require(load.tally.failed == 0 and not load.tally.unconnected, "requests failed")
        status = program.child.wait(30)
        seconds = time.monotonic() - started
        findings.say(f"exit {status} after {seconds:.2f} s")
        findings.require(status == 0 and seconds >= DELAY_SECONDS, "it did not wait for the delay")


def second_signal(binary: Path, short: bool, findings: Findings) -> None:
    """A second SIGTERM, or SIGINT, ends it at once, whatever the delay."""
    for second in (signal.SIGTERM, signal.SIGINT):
        with Program(binary, "--shutdown-delay-seconds", "30") as program:
            with Connection(program.address) as connection:
                connection.ask("/ports/443")
                program.signal(signal.SIGTERM)
                wait_until(lambda: ask(program.address, "/readyz").status == 503)
                started = time.monotonic()
                program.signal(second)
                status = program.child.wait(10)
                seconds = time.monotonic() - started
        findings.say(f"{second.name}: exit {status} after {seconds * 1000:.0f} ms")
        findings.require(status == 0 and seconds < SOON_SECONDS, "the second signal did not end it")


def stop_amid_reload(binary: Path, short: bool, findings: Findings) -> None:
    """A reload whose file never ends keeps nobody waiting, and nothing of it is taken."""
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "site.csv"
        site.write_text(SITE % "ledger")
        with Program(binary, "--shutdown-delay-seconds", str(DELAY_SECONDS),
                     "--site", str(site)) as program:
            site.unlink()
            os.mkfifo(site)
            program.signal(signal.SIGHUP)
            pipe = open_once_read(site)
            started = time.monotonic()
            program.signal(signal.SIGTERM)
            wait_until(lambda: ask(program.address, "/readyz").status == 503, SOON_SECONDS)
            unready = time.monotonic() - started
            findings.require(unready < SOON_SECONDS, "not unready at once")
            os.write(pipe, (SITE % "other").encode())
            os.close(pipe)
            answer = ask(program.address, "/services/ledger").status
            status = program.child.wait(30)
            seconds = time.monotonic() - started
            reloaded = any("reloaded" in line for line in program.lines)
        findings.say(f"unready after {unready * 1000:.0f} ms, exit {status} after {seconds:.2f} s")
        findings.require(status == 0 and seconds >= DELAY_SECONDS, "it did not wait for the delay")
        findings.require(answer == 200 and not reloaded, "what came too late was taken")


def drain_timeout(binary: Path, short: bool, findings: Findings) -> None:
    """A client that never reads cannot hold it longer than the limit."""
    limit_seconds = 2
    with Program(binary, "--drain-timeout-seconds", str(limit_seconds)) as program:
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        client.settimeout(5)
        client.connect(program.address)
        client.sendall(request("/ports?limit=1000") * 20)
        time.sleep(0.5)
        started = time.monotonic()
        status = program.terminate()
        seconds = time.monotonic() - started
        client.close()
    findings.say(f"exit {status} after {seconds:.2f} s, limit {limit_seconds} s")
    findings.require(status == 0, f"exit status {status}")
    findings.require(limit_seconds - 0.1 <= seconds <= limit_seconds + SOON_SECONDS,
                     "the limit does not hold")

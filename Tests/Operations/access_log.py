"""The access log: nobody reads it, the disk is full, lines that clients try to forge, rotation."""
import json
import os
import re
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from Support.cases import Findings
from Support.program import Program
from Support.wire import Connection, ask, request

from .base import ADMIN, metrics, wait_until
from .load import Load

DROPPED = "portolan_access_log_dropped_lines_total"
LOG_DROPPED = "portolan_log_dropped_lines_total"
RELOADED = 'portolan_reloads_total{result="done"}'
# A pipe of 4 KiB is full after some fifty lines.
UNREAD_RELOADS, SMALL_PIPE_BYTES = 80, 4096
LIMITED_BYTES = 20_000
STOP_LIMIT_SECONDS = 5
WRITTEN_LIMIT_SECONDS = 5
COMBINED = re.compile(
    r'(\S+) - (\S+) \[\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d \+0000\] '
    r'"([^"\\]|\\.)*" (\d{3}) (\d+) "([^"\\]|\\.)*" "([^"\\]|\\.)*"\Z')


def require_drops_while_serving(program: Program, load: Load, findings: Findings) -> None:
    before = load.answered
    findings.require(wait_until(lambda: metrics(program.admin)[DROPPED] > 0, 30),
                     "no drop was counted")
    findings.require(wait_until(lambda: load.answered > before), "the service stood still")


def report(program: Program, load: Load, findings: Findings) -> None:
    findings.say(f"{load.tally}; {metrics(program.admin)[DROPPED]:.0f} lines dropped")
    findings.require(load.tally.failed == 0, "requests failed")
    stop(program, findings)


def stop(program: Program, findings: Findings) -> None:
    started = time.monotonic()
    try:
        status = program.terminate(STOP_LIMIT_SECONDS)
    except subprocess.TimeoutExpired:
        findings.require(False, "it does not end while its log is not taken")
        return
    findings.say(f"exit {status} after {time.monotonic() - started:.2f} s")
    findings.require(status == 0, f"exit status {status}")


def unread_access_log(binary: Path, short: bool, findings: Findings) -> None:
    """A pipe that nobody reads: the service goes on, drops are counted, and it can be stopped."""
    reading, writing = os.pipe()
    with Program(binary, *ADMIN, "--access-log", "-", stdout=writing) as program:
        os.close(writing)
        with Load(program.address) as load:
            require_drops_while_serving(program, load, findings)
        report(program, load, findings)
    os.close(reading)


def full_disk(binary: Path, short: bool, findings: Findings) -> None:
    """A device that is full, and a file system that becomes full and has room again."""
    with Program(binary, *ADMIN, "--access-log", "/dev/full") as program:
        with Load(program.address) as load:
            require_drops_while_serving(program, load, findings)
        report(program, load, findings)
    with tempfile.TemporaryDirectory() as folder:
        if os.geteuid() != 0 or subprocess.run(
                ["mount", "-t", "tmpfs", "-o", "size=256k", "none", folder],
                capture_output=True).returncode != 0:
            findings.say("no file system may be mounted here: only /dev/full was tried")
            return
        try:
            log = Path(folder) / "access.log"
            with Program(binary, *ADMIN, "--access-log", str(log)) as program:
                with Load(program.address) as load:
                    require_drops_while_serving(program, load, findings)
                os.truncate(log, 0)
                ask(program.address, "/ports/1")
                findings.require(
                    wait_until(lambda: log.read_text().endswith('}\n'), WRITTEN_LIMIT_SECONDS),
                    "nothing is written once there is room")
                findings.require(all(json.loads(line) for line in log.read_text().splitlines()),
                                 "half a line is left in the log")
                report(program, load, findings)
        finally:
            subprocess.run(["umount", folder], check=True)


def cut_lines(binary: Path, short: bool, findings: Findings) -> None:
    """A file that may not grow any more takes half a line; the next one is whole nevertheless."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "access.log"
        with Program(binary, *ADMIN, "--access-log", str(log),
                     prefix=("prlimit", f"--fsize={LIMITED_BYTES}:unlimited")) as program:
            with Load(program.address) as load:
                require_drops_while_serving(program, load, findings)
            limit_files(program.pid, "unlimited")
            size = log.stat().st_size
            ask(program.address, "/ports/1")
            findings.require(wait_until(lambda: log.stat().st_size > size, WRITTEN_LIMIT_SECONDS),
                             "nothing is written once there is room")
            report(program, load, findings)
        text = log.read_text()
        faults = [line for line in text.splitlines() if not is_sound(line.encode(), "json")]
        findings.say(f"access log of {size}, then {len(text)} bytes, {len(faults)} lines unsound")
        findings.require(not faults and text.endswith("\n"), f"half a line is left: {faults[:1]}")
        cut_log(binary, Path(folder) / "portolan.log", findings)


def cut_log(binary: Path, log: Path, findings: Findings) -> None:
    """The same of the program's own log, which others may write to as well."""
    with log.open("ab") as file, subprocess.Popen(
            [binary, "serve", "--listen", "127.0.0.1:0", *ADMIN], stderr=file) as child:
        def reload(after: int) -> None:
            child.send_signal(signal.SIGHUP)
            wait_until(lambda: metrics(admin)[RELOADED] == after)

        try:
            wait_until(lambda: "admin on" in log.read_text())
            admin = ("127.0.0.1", int(log.read_text().rsplit(":", 1)[1]))
            limit_files(child.pid, f"{log.stat().st_size + 100}:unlimited")
            for turn in range(1, 6):
                reload(turn)
            limit_files(child.pid, "unlimited")
            dropped = metrics(admin)[LOG_DROPPED]
            reload(6)
        finally:
            child.terminate()
    lines = [line for line in log.read_text().splitlines() if not line.startswith(("list", "admin"))]
    sound = [line for line in lines if is_record(line)]
    findings.say(f"own log: {len(sound)} of {len(lines)} lines sound, {dropped:.0f} dropped")
    findings.require(child.returncode == 0, f"exit status {child.returncode}")
    findings.require(len(sound) + dropped == 7, "a line is neither there nor counted")
    findings.require(len(lines) - len(sound) <= 1, "a line behind the one that was cut is lost")


def limit_files(process: int, limit: str) -> None:
    subprocess.run(["prlimit", "--pid", str(process), f"--fsize={limit}"], check=True)


def is_record(line: str) -> bool:
    try:
        return "level" in json.loads(line)
    except ValueError:
        return False


def hostile_lines(binary: Path, short: bool, findings: Findings) -> None:
    """Every byte that a target, a referrer or a user agent may hold, in both formats."""
    hostile = [bytes([byte]) for byte in range(0x21, 0x100)] + [
        b'"} {"status": 200', b'" 200 5 "-" "-"', b"\\", b'\\"', b"\\u0000", b"\xe2\x80\xa8",
        b"\xc3\x28", b"\xf0\x9f\x9a\xa2", b"%0a%0d%00", b"'; --", b"\x1b[31m"]
    for form in ("json", "combined"):
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder) / "access.log"
            with Program(binary, "--access-log", str(log), "--access-log-format", form) as program:
                for text in hostile:
                    for data in (
                            b"GET /ports/443?x=" + text + b" HTTP/1.1\r\nHost: a\r\n\r\n",
                            b"GET /ports/443 HTTP/1.1\r\nHost: a\r\nUser-Agent: a" + text
                            + b"\r\nReferer: " + text + b"\r\n\r\n",
                            b"GE" + text + b" / HTTP/1.1\r\nHost: a\r\n\r\n"):
                        with Connection(program.address) as connection:
                            connection.send(data)
                            connection.answer()
                program.terminate()
            data = log.read_bytes()
            lines = data.split(b"\n")[:-1]
            findings.say(f"{form}: {len(lines)} lines of {3 * len(hostile)} requests")
            findings.require(len(lines) == 3 * len(hostile), "lines were forged or lost")
            faults = [line for line in lines if not is_sound(line, form)]
            for line in faults[:3]:
                findings.say(repr(line))
            findings.require(not faults, f"{len(faults)} lines cannot be read")
            controls = [byte for byte in data if (byte < 0x20 and byte != 0x0A) or byte == 0x7F]
            findings.require(not controls, "a control character is in the log")


def is_sound(line: bytes, form: str) -> bool:
    try:
        text = line.decode("utf-8")
        if form == "combined":
            return COMBINED.match(text) is not None and text.isascii()
        record = json.loads(text)
    except ValueError:
        return False
    return {"time", "client", "status", "bytes", "duration_us"} <= record.keys()


def request_names(binary: Path, short: bool, findings: Findings) -> None:
    """What an answer calls its request is what the log calls it, and nothing is made unlogged."""
    requests = (
        request("/ports/443"), request("/ports/443", "X-Request-Id: mine-1"),
        request("/ports/443", "X-Request-Id: not mine"), request("/nowhere"), request("/livez"),
        request("/ports?limit=1000", "Accept-Encoding: gzip"),  # made in pieces
        request("/ports/443", 'If-None-Match: *', "Prefer: wait=1"), b"nonsense\r\n\r\n")

    def names(program: Program) -> list[str | None]:
        answers = []
        for data in requests:
            with Connection(program.address) as connection:
                connection.send(data)
                answers.append(connection.answer().field("x-request-id"))
        return answers

    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "access.log"
        with Program(binary, "--access-log", str(log), "--workers", "2") as program:
            told = names(program) + names(program)
            program.terminate()
        logged = [json.loads(line).get("request_id") for line in log.read_text().splitlines()]
        findings.say(f"{len(set(told))} names of {len(told)} requests, such as {told[0]}")
        # The lines of two loops may come in another order.
        findings.require(sorted(map(str, told)) == sorted(map(str, logged)),
                         f"the log calls them otherwise: {logged}")
        findings.require(told.count("mine-1") == 2, "a client's own name is not kept")
        findings.require(len(set(told)) == len(told) - 1, "two requests have one name")
    with Program(binary) as program:
        findings.require([name for name in names(program) if name] == ["mine-1"],
                         "names are made that nobody logs")


def rotation(binary: Path, short: bool, findings: Findings) -> None:
    """Renamed under load and SIGHUP: each request is in one of the files, once."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        log = folder / "access.log"
        with Program(binary, *ADMIN, "--access-log", str(log)) as program:
            with Load(program.address) as load:
                for turn in range(3 if short else 10):
                    wait_until(log.exists)
                    wait_until(lambda: log.stat().st_size > 0)
                    log.rename(folder / f"access.log.{turn}")
                    program.signal(signal.SIGHUP)
                    findings.require(wait_until(log.exists), "the file was not opened anew")
            dropped = metrics(program.admin)[DROPPED]
            program.terminate()
        count = sum(1 for file in folder.iterdir() for line in file.read_text().splitlines()
                    if json.loads(line))
        findings.say(f"{load.tally}; {count} lines in {turn + 2} files, {dropped:.0f} dropped")
        findings.require(count + dropped == load.tally.answered, "lines are missing or twice")
        findings.require(load.tally.failed == 0, "requests failed")


def unread_log(binary: Path, short: bool, findings: Findings) -> None:
    """Standard error that nobody reads: it reloads, serves and stops all the same."""
    with Program(binary, *ADMIN) as program:
        admin = program.admin
        program.stop_reading(SMALL_PIPE_BYTES)
        before = metrics(admin)[RELOADED]
        for _ in range(UNREAD_RELOADS):
            count = metrics(admin)[RELOADED]
            program.signal(signal.SIGHUP)
            if not wait_until(lambda: metrics(admin)[RELOADED] > count, 3):
                break
        done = metrics(admin)[RELOADED] - before
        findings.say(f"{done:.0f} of {UNREAD_RELOADS} reloads logged to a pipe that nobody reads")
        findings.require(done == UNREAD_RELOADS, "a reload waits for a reader of the log")
        dropped = metrics(admin)[LOG_DROPPED]
        findings.say(f"{dropped:.0f} of its lines dropped")
        findings.require(dropped > 0, "no drop was counted")
        findings.require(ask(program.address, "/ports/443").status == 200, "it does not serve")
        stop(program, findings)

"""System calls that fail: each of the program's own, in its N-th use, while clients ask."""
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from Support.program import Program
from Support.wire import Closed, Connection, Malformed

from .base import PORT, Findings, status_of

# What each call may give by its manual page, and a server must live through.
FAULTS = {
    "accept4": ("EMFILE", "ENFILE", "ECONNABORTED", "EINTR", "ENOBUFS", "EPROTO"),
    "read": ("EINTR", "ECONNRESET", "ETIMEDOUT"),
    "recvfrom": ("EINTR", "ECONNRESET", "EAGAIN"),
    "write": ("EINTR", "EPIPE", "ECONNRESET", "EAGAIN"),
    "writev": ("EINTR", "EPIPE"),
    "sendto": ("EINTR", "EPIPE", "ENOBUFS", "EAGAIN"),
    "sendmsg": ("EINTR", "EPIPE"),
    "epoll_wait": ("EINTR",),
    "epoll_pwait": ("EINTR",),
    "epoll_ctl": ("ENOMEM", "ENOSPC"),
}
CLIENTS, REQUESTS = 6, 2
ATTACHED = re.compile(rb"attached")
CLIENT_LIMIT_SECONDS = 2


def faults(binary: Path, short: bool, findings: Findings) -> None:
    tracer = shutil.which("strace")
    findings.require(tracer is not None, "strace is missing: apt-get install strace")
    if tracer is None:
        return
    uses = (1, 3) if short else (1, 2, 3, 5, 8)
    injected, rounds = {}, 0
    with Program(binary) as program, tempfile.NamedTemporaryFile() as log:
        for call, errors in FAULTS.items():
            for error in errors if not short else errors[:2]:
                for use in uses:
                    rounds += 1
                    done = play(tracer, program, f"{call}:error={error}:when={use}", log.name)
                    injected[call] = injected.get(call, 0) + done
                    survived = (program.is_running
                                and status_of(program.address, CLIENT_LIMIT_SECONDS) == 200)
                    findings.require(survived, f"not served after {call} gave {error}, use {use}")
                    if not survived:
                        return
        said = ", ".join(f"{call} {count}" for call, count in injected.items() if count)
        findings.say(f"{rounds} rounds; calls that failed: {said or 'none'}")
        findings.require(sum(injected.values()) > 0, "not one call was made to fail")
        findings.require_serving(program)


def play(tracer: str, program: Program, fault: str, log: str) -> int:
    """Some clients ask while the fault is armed; gives how often it struck."""
    call = fault.partition(":")[0]
    child = subprocess.Popen(
        [tracer, "-f", "-o", log, "-e", f"trace={call}", "-e", f"inject={fault}",
         "-p", str(program.pid)], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        for line in child.stderr:  # it ends where the tracer does
            if ATTACHED.search(line):
                break
        for _ in range(CLIENTS):
            ask_twice(program.address)
    finally:
        child.terminate()  # the tracer lets the program go
        child.wait()
        child.stderr.close()
    return Path(log).read_bytes().count(b"(INJECTED)")


def ask_twice(address: tuple[str, int]) -> None:
    """The client that a fault hits may lose its answer; what counts is the next one."""
    try:
        with Connection(address, CLIENT_LIMIT_SECONDS) as connection:
            for _ in range(REQUESTS):
                connection.ask(PORT)
    except (OSError, Closed, Malformed):
        pass

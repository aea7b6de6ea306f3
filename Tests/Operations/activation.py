"""Under a service manager: sockets handed over, kills survived, and what is told (sd_notify(3))."""
import os
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from Support.cases import Findings
from Support.program import Program
from Support.wire import ask

from .base import ADMIN, metrics, wait_until
from .load import Load
from .replicas import free_port

KILLS, KILLS_SHORT = 5, 2
CLIENTS = 16
WATCHDOG_MICROSECONDS = 900_000
# systemd sets these in the child: the process's own number is only known there.
ADOPT = ("bash", "-c", 'exec 3<&"$1"; shift; LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"', "bash")


class NotifySocket:
    """Hears what the program tells its manager."""

    def __init__(self, folder: str):
        self.path = f"{folder}/notify"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)

    def message(self, limit_seconds: float = 5) -> dict[str, str]:
        self.socket.settimeout(limit_seconds)
        text = self.socket.recv(4096).decode()
        return dict(line.split("=", 1) for line in text.split("\n") if line)

    def until(self, name: str) -> dict[str, str]:
        while name not in (message := self.message()):
            pass
        return message


def killed_with_activation(binary: Path, short: bool, findings: Findings) -> None:
    """The manager keeps the socket, so a kill costs the requests in flight and no others."""
    with socket.create_server(("127.0.0.1", 0), backlog=4096) as listener:
        def start() -> Program:
            return Program(binary, prefix=(*ADOPT, str(listener.fileno())),
                           inherited=(listener.fileno(),))

        program, kills = start(), KILLS_SHORT if short else KILLS
        try:
            findings.require(program.address == listener.getsockname(), "the socket is not used")
            with Load(program.address, clients=CLIENTS) as load:
                for _ in range(kills):
                    time.sleep(0.5)
                    program.kill()
                    program = start()
                    before = load.answered
                    findings.require(wait_until(lambda: load.answered > before + CLIENTS),
                                     "nobody was served after the kill")
        finally:
            program.kill()
    # A client has one request in flight, or waits in the queue of the socket that stays open.
    findings.say(f"{kills} kills at {CLIENTS} clients: {load.tally}")
    findings.require(0 < load.tally.failed <= kills * CLIENTS, "more failed than were in flight")
    findings.require(not load.tally.unconnected, f"not connected: {load.tally.unconnected}")


def socket_activate(binary: Path, short: bool, findings: Findings) -> None:
    """systemd-socket-activate hands over two sockets by name; the first connection starts it."""
    ports = free_port(), free_port()
    command = ["systemd-socket-activate", *(f"--listen=127.0.0.1:{port}" for port in ports),
               "--fdname=http:admin", str(binary), "serve"]
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: is_listening(ports[1]))
        started = time.monotonic()
        status = ask(("127.0.0.1", ports[0]), "/ports/443").status
        milliseconds = (time.monotonic() - started) * 1000
        samples = metrics(("127.0.0.1", ports[1]))
        findings.say(f"the first connection got {status} after {milliseconds:.0f} ms")
        findings.require(status == 200 and "process_open_fds" in samples, "not served by name")
        child.send_signal(signal.SIGTERM)
        findings.require(child.wait(10) == 0, "it did not end with 0")
    finally:
        child.kill()
        child.wait()


def is_listening(port: int) -> bool:
    """By the kernel's table, since connecting would start the program."""
    lines = Path("/proc/net/tcp").read_text().splitlines()
    return any(f":{port:04X} 00000000:0000 0A" in line for line in lines)


def notifications(binary: Path, short: bool, findings: Findings) -> None:
    """READY, RELOADING with its moment, READY again, WATCHDOG in time, STOPPING."""
    with tempfile.TemporaryDirectory() as folder:
        manager = NotifySocket(folder)
        environment = {"NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": str(WATCHDOG_MICROSECONDS)}
        with Program(binary, environment=environment) as program:
            findings.require(manager.until("READY")["READY"] == "1", "it is not ready")
            before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
            program.signal(signal.SIGHUP)
            reloading = manager.until("RELOADING")
            moment = int(reloading.get("MONOTONIC_USEC", "0"))
            after = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
            findings.require(before <= moment <= after, "MONOTONIC_USEC is not the moment")
            manager.until("READY")
            gaps, last = [], time.monotonic()
            for _ in range(6):
                manager.until("WATCHDOG")
                gaps.append(time.monotonic() - last)
                last = time.monotonic()
            findings.say(f"watchdog heard every {max(gaps) * 1000:.0f} ms at most, wanted within "
                         f"{WATCHDOG_MICROSECONDS // 1000} ms")
            findings.require(max(gaps) * 1e6 < WATCHDOG_MICROSECONDS / 2, "heard too seldom")
            program.signal(signal.SIGTERM)
            findings.require(manager.until("STOPPING")["STOPPING"] == "1", "it did not say stop")
            findings.require(program.child.wait(10) == 0, "it did not end with 0")
        abstract = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        name = f"portolan-{os.getpid()}"
        abstract.bind("\0" + name)
        abstract.settimeout(5)
        with Program(binary, environment={"NOTIFY_SOCKET": "@" + name}):
            findings.require(b"READY=1" in abstract.recv(4096), "no message to an abstract name")


def stopped_loop(binary: Path, short: bool, findings: Findings) -> None:
    """A program that is stopped feeds no watchdog, and goes on when it is continued."""
    with tempfile.TemporaryDirectory() as folder:
        manager = NotifySocket(folder)
        environment = {"NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": str(WATCHDOG_MICROSECONDS)}
        with Program(binary, *ADMIN, environment=environment) as program:
            manager.until("WATCHDOG")
            program.signal(signal.SIGSTOP)
            is_silent = False
            try:
                while True:
                    manager.message(WATCHDOG_MICROSECONDS / 1e6)
            except TimeoutError:
                is_silent = True
            program.signal(signal.SIGCONT)
            manager.until("WATCHDOG")
            findings.say("silent while it is stopped, heard again once it goes on")
            findings.require(is_silent, "a stopped program fed the watchdog")

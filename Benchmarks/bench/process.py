"""A server under measurement: started, watched through /proc, stopped."""
import os
import signal
import socket
import subprocess
import time
from pathlib import Path


class Failure(Exception):
    """Something that was asked for did not run; the message says what."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def pinned(cores: str | None) -> list[str]:
    return ["taskset", "--cpu-list", cores] if cores else []


class Server:
    """A child in a process group of its own, so that its workers stop with it.

    `cores` is what taskset(1) calls a list; None leaves the child to the scheduler.
    """

    def __init__(self, command: list[str], log: Path, environment: dict[str, str] | None = None,
                 cores: str | None = None):
        self.command, self.log = [*pinned(cores), *command], log
        with log.open("wb") as file:
            self.child = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=file, stderr=file,
                start_new_session=True, env={**os.environ, **(environment or {})})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self, patience_seconds: float = 10) -> None:
        self.signal(signal.SIGTERM)
        try:
            self.child.wait(patience_seconds)
        except subprocess.TimeoutExpired:
            pass
        self.signal(signal.SIGKILL)  # whatever is left of the group
        self.child.wait()

    def signal(self, number: int) -> None:
        try:
            os.killpg(self.child.pid, number)
        except ProcessLookupError:
            pass

    def wait_for(self, condition, what: str, limit_seconds: float = 30):
        """Polls until `condition` gives something."""
        deadline = time.monotonic() + limit_seconds
        while time.monotonic() < deadline:
            if (found := condition()):
                return found
            if self.child.poll() is not None:
                break
            time.sleep(0.002)
        raise Failure(f"{what}: {' '.join(self.command)}\n{self.log.read_text('utf-8', 'replace')}")

    def wait_until_open(self, port: int) -> None:
        def is_open():
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0
        self.wait_for(is_open, "does not listen")

    def wait_until_idle(self) -> None:
        """Until what it does after its start is done, which is no request's cost."""
        def is_idle():
            before = self.cpu_seconds()
            time.sleep(0.05)
            return self.cpu_seconds() - before < 0.001
        self.wait_for(is_idle, "is busy though nobody asks")

    def processes(self) -> list[int]:
        """The child and all that descend from it."""
        parents = {}
        for entry in os.listdir("/proc"):
            if entry.isdigit() and (stat := self.stat(int(entry))):
                parents[int(entry)] = int(stat[1])
        found = [self.child.pid]
        for pid in found:
            found += [other for other, parent in parents.items() if parent == pid]
        return found

    @staticmethod
    def stat(pid: int) -> list[str] | None:
        """The fields of /proc/PID/stat from the third on (the second may hold spaces)."""
        try:
            return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            return None

    def cpu_seconds(self) -> float:
        """User and system time of the child and its workers, to the nanosecond.

        /proc/PID/stat has the same in ticks of 10 ms, which are too coarse for a second.
        """
        total = 0
        for pid in self.processes():
            for file in Path(f"/proc/{pid}/task").glob("*/schedstat"):
                try:
                    total += int(file.read_text().split()[0])
                except (FileNotFoundError, ProcessLookupError):  # the thread has just ended
                    continue
        return total / 1e9

    def memory_bytes(self, field: str = "VmRSS") -> int:
        """Present (VmRSS) or peak (VmHWM) resident size, summed over the processes."""
        total = 0
        for pid in self.processes():
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith(field + ":"):
                    total += int(line.split()[1]) * 1024
        return total

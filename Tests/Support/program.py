"""The program under test: started on a free port, watched through /proc, stopped."""
import fcntl
import os
import re
import signal
import subprocess
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LISTENING = re.compile(r"listening on http://(127\.0\.0\.1):([0-9]+)")
START_LIMIT_SECONDS = 30


class NotStarted(Exception):
    """The program ended, or said nothing, before it listened."""


class Program:
    """`portolan serve` on a port of the kernel's choice.

    `prefix` is put before the command and limits the process, as prlimit does. `environment` is
    added to ours; `inherited` are descriptors that stay open in the program.
    """

    def __init__(self, binary: Path, *arguments: str, prefix: tuple[str, ...] = (),
                 environment: dict[str, str] | None = None, stdout=subprocess.DEVNULL,
                 inherited: tuple[int, ...] = ()):
        self.command = [*prefix, str(binary), "serve", "--listen", "127.0.0.1:0", *arguments]
        self.started = time.monotonic()
        self.child = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE,
            start_new_session=True, env={**os.environ, **(environment or {})},
            pass_fds=inherited)
        self.lines: list[str] = []
        self.address: tuple[str, int] | None = None
        self.is_reading = threading.Event()
        self.is_reading.set()
        self.settled = threading.Event()  # it listens, or it has ended
        self.reader = threading.Thread(target=self.read_lines, daemon=True)
        self.reader.start()
        if not self.settled.wait(START_LIMIT_SECONDS) or self.address is None:
            self.kill()
            raise NotStarted(f"{' '.join(self.command)}\n" + "\n".join(self.lines))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    def read_lines(self) -> None:
        """Takes what the program writes, so that a full pipe never stops it."""
        for line in self.child.stderr:
            self.is_reading.wait()
            self.lines.append(line.decode("utf-8", "replace").rstrip("\n"))
            if self.address is None and (found := LISTENING.search(self.lines[-1])):
                self.address = (found[1], int(found[2]))
                self.settled.set()
        self.settled.set()

    def said(self, pattern: str, after_line: int = 0, limit_seconds: float = 10) -> re.Match:
        """The first match in what it wrote so far, or writes in this time."""
        deadline = time.monotonic() + limit_seconds
        while time.monotonic() < deadline:
            for line in self.lines[after_line:]:
                if found := re.search(pattern, line):
                    return found
            time.sleep(0.01)
        raise NotStarted(f"it never said {pattern!r}:\n" + "\n".join(self.lines))

    def listener(self, role: str) -> tuple[str, int]:
        """Where it listens besides: `listening on https` or `admin on http`."""
        found = self.said(rf"{role}://(?:\[(.+)\]|([0-9.]+)):([0-9]+)")
        return found[1] or found[2], int(found[3])

    @property
    def admin(self) -> tuple[str, int]:
        return self.listener("admin on http")

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def stop_reading(self, pipe_bytes: int) -> None:
        """From now on nobody reads what it writes; the pipe holds so much."""
        self.is_reading.clear()
        fcntl.fcntl(self.child.stderr, fcntl.F_SETPIPE_SZ, pipe_bytes)

    @property
    def port(self) -> int:
        return self.address[1]

    @property
    def is_running(self) -> bool:
        return self.child.poll() is None

    def terminate(self, patience_seconds: float = 30) -> int:
        """SIGTERM; gives the exit status."""
        os.kill(self.pid, signal.SIGTERM)
        return self.child.wait(patience_seconds)

    def kill(self) -> None:
        """Ends the program at once."""
        try:
            os.killpg(self.child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.is_reading.set()
        self.child.wait()
        self.reader.join(1)

    @property
    def pid(self) -> int:
        """The prefix, if there is one, becomes the program and starts no process of its own."""
        return self.child.pid

    def cpu_seconds(self) -> float:
        """User and system time so far."""
        # The fields from the third on; the second, the name, may hold spaces.
        stat = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")

    def resident_bytes(self) -> int:
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise ProcessLookupError(self.pid)

    def descriptor_count(self) -> int:
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def thread_count(self) -> int:
        return len(os.listdir(f"/proc/{self.pid}/task"))

    def settled_resident_bytes(self, calm_seconds: float = 0.5, limit_seconds: float = 10) -> int:
        """The same once what the program makes ready in the background is done and adds nothing."""
        deadline, last, since = time.monotonic() + limit_seconds, 0, time.monotonic()
        while time.monotonic() < deadline:
            now = self.resident_bytes()
            if abs(now - last) > 64 * 1024:
                last, since = now, time.monotonic()
            elif time.monotonic() - since >= calm_seconds:
                break
            time.sleep(0.05)
        return self.resident_bytes()


def find_binary(default: str) -> Path:
    """TESTED_BINARY, or `default` within the package."""
    return Path(os.environ.get("TESTED_BINARY") or ROOT / default)


def mebibytes(size: float) -> str:
    return f"{size / (1 << 20):.1f} MiB"


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]

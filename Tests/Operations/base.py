"""What the cases share: the admin listener, waiting, certificates."""
import errno
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from Support.wire import ask

ADMIN = ("--admin-listen", "127.0.0.1:0")
# An operator's own file with one service, whose name is to be filled in.
SITE = "port,transports,service,name\n8443,tcp,%s,Ledger\n"


def metrics(admin: tuple[str, int]) -> dict[str, float]:
    """The samples of /metrics by name and labels as they are written."""
    page = ask(admin, "/metrics").content.decode()
    lines = [line for line in page.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def total(samples: dict[str, float], beginning: str) -> float:
    return sum(value for name, value in samples.items() if name.startswith(beginning))


def wait_until(holds: Callable[[], bool], limit_seconds: float = 10) -> bool:
    deadline = time.monotonic() + limit_seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.01)
    return False


def open_once_read(pipe: Path) -> int:
    """Opens a named pipe for writing as soon as somebody reads it."""
    descriptors: list[int] = []

    def is_read() -> bool:
        try:
            descriptors.append(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
        except OSError as error:
            if error.errno != errno.ENXIO:
                raise
        return bool(descriptors)

    if not wait_until(is_read):
        raise TimeoutError(f"nobody reads {pipe}")
    return descriptors[0]


def make_certificate(folder: Path, name: str, *options: str) -> tuple[Path, Path]:
    """A certificate that signs itself, and its key."""
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-keyout", key, "-out", certificate, "-subj", f"/CN={name}",
         "-addext", "subjectAltName=DNS:localhost", *(options or ("-days", "30"))],
        check=True, capture_output=True)
    return certificate, key

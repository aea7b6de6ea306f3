"""What the cases share: the admin listener, waiting, certificates."""
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from Support.wire import ask

ADMIN = ("--admin-listen", "127.0.0.1:0")


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


def make_certificate(folder: Path, name: str, *options: str) -> tuple[Path, Path]:
    """A certificate that signs itself, and its key."""
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-keyout", key, "-out", certificate, "-subj", f"/CN={name}",
         "-addext", "subjectAltName=DNS:localhost", *(options or ("-days", "30"))],
        check=True, capture_output=True)
    return certificate, key

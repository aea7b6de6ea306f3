"""Starts the servers that are compared: the program of this package, nginx and Node."""
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from Support.program import Program

from .target import ROLES, Target

HERE = Path(__file__).resolve().parent
PACKAGES = {"nginx": "nginx-light", "node": "nodejs"}  # command: package of Debian
OPEN_LIMIT_SECONDS = 10
# Content of the peers' files: one below and one above the size from which content is coded.
SMALL = b'{"port":443,"range":"system"}\n'
LARGE = b'{"items":[' + b",".join(b'{"port":%d}' % port for port in range(400)) + b"]}\n"


class NotAvailable(Exception):
    """A server could not be started; the message says why."""


def install(command: str) -> str:
    """The path of a command, installed where it is missing and we may."""
    if not shutil.which(command):
        if os.geteuid() != 0:
            raise NotAvailable(f"{command} is missing: apt-get install {PACKAGES[command]}")
        subprocess.run(["apt-get", "install", "-y", "-q", PACKAGES[command]], check=True,
                       stdout=subprocess.DEVNULL, env={**os.environ,
                                                       "DEBIAN_FRONTEND": "noninteractive"})
    return shutil.which(command)


def first_number(command: list[str]) -> str:
    """The version that a program says it has."""
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    found = re.search(r"[0-9]+(\.[0-9]+)+", said.stdout + said.stderr)
    return found[0] if found else "?"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(command: list[str], port: int):
    """A child that listens on the port, ended when the block is left."""
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + OPEN_LIMIT_SECONDS
        while child.poll() is None and time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.01)
        else:
            raise NotAvailable(f"does not listen: {' '.join(command)}")
        yield
    finally:
        child.terminate()
        child.wait()


@contextmanager
def portolan(binary: Path):
    version = first_number([str(binary), "--version"])
    with Program(binary) as program:
        yield Target("Portolan", version, program.address)


@contextmanager
def files():
    """A folder with the static files of the peers, old enough to have been modified before."""
    with tempfile.TemporaryDirectory(prefix="conformance-") as folder:
        os.chmod(folder, 0o755)
        for role, content in (("resource", SMALL), ("list", LARGE)):
            file = Path(folder, "files" + ROLES[role])
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
            an_hour_ago = time.time() - 3600
            os.utime(file, (an_hour_ago, an_hour_ago))
        yield Path(folder)


@contextmanager
def nginx():
    command, port = install("nginx"), free_port()
    with files() as run:
        values = {"RUN": str(run), "PORT": str(port),
                  "USER": "user root;" if os.geteuid() == 0 else ""}
        text = (HERE / "peers/nginx.conf").read_text("utf-8")
        configuration = run / "nginx.conf"
        configuration.write_text(re.sub(r"@([A-Z]+)@", lambda name: values[name[1]], text))
        with running([command, "-c", str(configuration), "-e", str(run / "error.log")], port):
            yield Target("nginx", first_number([command, "-v"]), ("127.0.0.1", port),
                         frozenset({"gzip", "redirect"}))


@contextmanager
def node():
    command, port = install("node"), free_port()
    with files() as run:
        script = str(HERE / "peers/server.js")
        with running([command, script, str(port), str(run / "files")], port):
            yield Target("Node", first_number([command, "--version"]), ("127.0.0.1", port),
                         frozenset({"gzip", "redirect"}))

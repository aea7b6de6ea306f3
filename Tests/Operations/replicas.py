"""Two instances behind Debian's HAProxy with Config/haproxy/haproxy.cfg, restarted in turn."""
import re
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

from Support.cases import Findings
from Support.program import ROOT, Program
from Support.wire import Closed, Malformed, ask

from .base import ADMIN, metrics, total, wait_until
from .load import Load

RESTARTS, RESTARTS_SHORT = 10, 2
# Twice what the checks of the configuration need to notice.
DELAY_SECONDS = 2
LOG_LIMIT_LINES = 5
CONNECTIONS = 1000


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextmanager
def haproxy(folder: Path, port: int, servers: dict[str, int]):
    """The configuration as it is, but for its addresses and for the descriptors we may have."""
    text = (ROOT / "Config/haproxy/haproxy.cfg").read_text()
    text = text.replace("bind :80\n", f"bind 127.0.0.1:{port}\n")
    text = text.replace("maxconn 20000\n", f"maxconn {CONNECTIONS}\n")
    for name, server_port in servers.items():
        text = re.sub(rf"server {name} [0-9.:]+", f"server {name} 127.0.0.1:{server_port}", text)
    file = folder / "haproxy.cfg"
    file.write_text(text)
    with (folder / "haproxy.log").open("wb") as log:
        proxy = subprocess.Popen(["haproxy", "-db", "-f", file], stdout=log, stderr=log)
        try:
            yield proxy
        finally:
            proxy.terminate()
            proxy.wait()


def status_through(address: tuple[str, int]) -> int:
    try:
        return ask(address, "/ports/443").status
    except (OSError, Closed, Malformed):
        return 0


def errors_of(log: Path) -> list[str]:
    """HAProxy's lines of requests that ended otherwise than with 200."""
    return [line for line in log.read_text().splitlines()
            if "HTTP/1.1" in line and not re.search(r"/[0-9]+ 200 ", line)]


def replicas(binary: Path, short: bool, findings: Findings) -> None:
    """Ten restarts of each in turn: no request fails."""
    with tempfile.TemporaryDirectory() as name:
        folder, ports = Path(name), {"one": free_port(), "two": free_port()}

        def start(server: str) -> Program:
            # The later flag is one more address, and the one that HAProxy knows.
            return Program(binary, *ADMIN, "--listen", f"127.0.0.1:{ports[server]}",
                           "--shutdown-delay-seconds", str(DELAY_SECONDS))

        programs = {server: start(server) for server in ports}
        address = ("127.0.0.1", free_port())
        try:
            with haproxy(folder, address[1], ports):
                findings.require(wait_until(lambda: status_through(address) == 200),
                                 "HAProxy never served")
                with Load(address) as load:
                    for turn in range(RESTARTS_SHORT if short else RESTARTS):
                        for server in ports:
                            status = programs[server].terminate()
                            said = "\n".join(programs[server].lines[-40:])
                            findings.require(status == 0, f"{server} ended with {status}\n{said}")
                            programs[server] = start(server)
                            wait_for_check(programs[server])
            findings.say(f"{turn + 1} restarts of each: {load.tally}")
            findings.require(load.tally.failed == 0 and not load.tally.unconnected,
                             "requests failed")
            for line in errors_of(folder / "haproxy.log")[:LOG_LIMIT_LINES]:
                findings.say(line)
        finally:
            for program in programs.values():
                program.kill()


def wait_for_check(program: Program) -> None:
    """Until HAProxy has found it ready again, so that the other may go."""
    beginning = 'http_requests_total{route="ports'
    wait_until(lambda: total(metrics(program.admin), beginning) > 10)

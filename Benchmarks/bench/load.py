"""Load on one server: wrk, or our own generator where each request has a connection of its own."""
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .client import request
from .process import Failure, pinned
from .scenarios import Scenario
from .tools import BUILT, FOLDER

PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Load:
    requests: int
    seconds: float
    p50: float  # microseconds, as are the others
    p99: float
    p999: float


def drive(
    scenario: Scenario, port: int, fields, answer_size: int, folder: Path, seconds: int,
    cores: str | None
) -> Load:
    if scenario.closes:
        mode = scenario.handshakes or "plain"
        command = [BUILT / "connections", port, scenario.connections, seconds, mode, answer_size]
        given = request(scenario.targets[0], fields)
    else:
        targets = folder / "targets"
        targets.write_text("\n".join(scenario.targets) + "\n")
        scheme = "https" if scenario.tls else "http"
        command = ["wrk", "-t1", f"-c{scenario.connections}", f"-d{seconds}s", "--timeout", "10s",
                   "-s", FOLDER / "load/requests.lua", f"{scheme}://127.0.0.1:{port}/", "--",
                   scenario.depth, targets]
        command += [word for field in fields for word in field]
        given = b""
    words = [str(word) for word in [*pinned(cores), *command]]
    done = subprocess.run(words, input=given, capture_output=True, check=False,
                          timeout=seconds + PATIENCE_SECONDS)
    said = done.stdout.decode("utf-8", "replace")
    if done.returncode:
        raise Failure(f"{' '.join(words)}: {said}{done.stderr.decode('utf-8', 'replace')}")
    report = json.loads(said.splitlines()[-1])
    if report["failed"] or not report["requests"]:
        raise Failure(f"{scenario.name}: {report['failed']} of {report['requests']} requests "
                      f"failed: {' '.join(words)}\n{said}")
    return Load(report["requests"], report["seconds"], report["p50"], report["p99"],
                report["p99.9"])

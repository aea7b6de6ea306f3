"""Starts Portolan and its peers, each the same way: so many loops, on these cores."""
import os
import re
import resource
import shutil
from dataclasses import dataclass
from pathlib import Path

from .process import Failure, Server, free_port
from .scenarios import Scenario
from .tools import BUILT, FOLDER, HUMMINGBIRD, PORTOLAN

LISTENING = re.compile(r"listening on (https?)://127\.0\.0\.1:([0-9]+)")
DESCRIPTORS_KEPT = 5000  # for nginx's connections: an open file in its cache holds a descriptor
NGINX_COMPUTES = {"etag", "last-modified", "content-type"}


@dataclass(frozen=True)
class Place:
    """Where servers run: how many loops, and which cores taskset(1) gives them."""
    loops: int = 1
    server_cores: str | None = "0"
    load_cores: str | None = "1"


def raise_descriptor_limit() -> int:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


class Running:
    """A server that listens. `run` is a folder of its own for logs and configuration."""

    def __init__(self, server: Server, port: int):
        self.server, self.port = server, port

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.stop()


def start_portolan(run: Path, place: Place, arguments: list[str] = (), tls: bool = False) -> Running:
    command = [str(PORTOLAN), "serve", "--listen", "127.0.0.1:0", "--workers", str(place.loops)]
    if tls:
        command += ["--tls-listen", "127.0.0.1:0", "--tls-groups", "X25519:prime256v1",
                    "--tls-certificate", str(BUILT / "certificate.pem"),
                    "--tls-key", str(BUILT / "key.pem")]
    run.mkdir(parents=True, exist_ok=True)
    server = Server([*command, *arguments], run / "portolan.log", cores=place.server_cores)
    wanted = "https" if tls else "http"

    def port():
        said = server.log.read_text("utf-8", "replace")
        return next((int(port) for scheme, port in LISTENING.findall(said) if scheme == wanted), None)
    return Running(server, server.wait_for(port, "does not listen"))


def start(peer: str, scenario: Scenario, folder: Path, place: Place) -> Running:
    """`folder` has what Expected.write left there, and ANSWER for the ceiling."""
    run = folder / peer
    run.mkdir(parents=True, exist_ok=True)
    if peer == "portolan":
        return start_portolan(run, place, tls=scenario.tls)
    port, loops, environment = free_port(), str(place.loops), {}
    if peer == "ceiling":
        command = [str(BUILT / "ceiling"), str(port), loops, str(folder / "answer")]
    elif peer in ("nginx", "nginx-return"):
        command = nginx_command(peer, scenario, folder, run, port, place)
    elif peer == "go":
        command, environment = [str(BUILT / "go-peer"), str(port), str(folder)], {
            "GOMAXPROCS": loops}
    elif peer == "node":
        command = ["node", str(FOLDER / "peers/node/server.js"), str(port), loops, str(folder)]
    elif peer == "hummingbird":
        program = HUMMINGBIRD / ".build/release/peer"
        command = [str(program), str(port), loops, str(folder)]
    else:
        raise Failure(f"there is no peer '{peer}'")
    server = Server(command, run / "log", environment, place.server_cores)
    server.wait_until_open(port)
    return Running(server, port)


def nginx_command(
    peer: str, scenario: Scenario, folder: Path, run: Path, port: int, place: Place
) -> list[str]:
    fields = [line.split(": ", 1) for line in (folder / "fields").read_text().splitlines()]
    added = [f'add_header {name} "{value}";' for name, value in fields
             if name not in NGINX_COMPUTES]
    descriptors = raise_descriptor_limit()
    cached_files = min(max(64, len(scenario.targets)), descriptors - DESCRIPTORS_KEPT)
    values = {
        "USER": "user root;" if os.geteuid() == 0 else "",
        "RUN": str(run), "FOLDER": str(BUILT), "ANSWERS": str(folder), "PORT": str(port),
        "TLS": " ssl" if scenario.tls else "", "WORKERS": str(place.loops),
        "DESCRIPTORS": str(descriptors), "CACHED_FILES": str(cached_files),
        "FIELDS": "\n    ".join(added), "RETURN": "",
    }
    if peer == "nginx-return":
        target = scenario.targets[0]
        body = (folder / "files" / target.lstrip("/")).read_text("utf-8")
        if "$" in body:
            raise Failure(f"nginx cannot return a text with a dollar sign: {target}")
        text = body.replace("\\", "\\\\").replace("'", "\\'")
        values["RETURN"] = f"location = {target} {{ return 200 '{text}'; }}"
    template = (FOLDER / "peers/nginx/nginx.conf").read_text("utf-8")
    configuration = run / "nginx.conf"
    configuration.write_text(re.sub(r"@([A-Z_]+)@", lambda name: values[name[1]], template))
    return [shutil.which("nginx"), "-c", str(configuration), "-e", str(run / "error.log")]

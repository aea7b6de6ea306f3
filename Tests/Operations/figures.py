"""/metrics: sound, bounded, and in step with what was asked."""
import random
import socket
import string
import subprocess
import time
from pathlib import Path

from Support.cases import Findings
from Support.program import Program
from Support.wire import Connection, ask, request

from .base import ADMIN, metrics, total, wait_until
from .load import MIXED

PATHS, SEED, DEPTH = 10_000, 6335, 100
COUNT = 'http_request_duration_seconds_count{route="%s"}'
ROUTES = {"ports_port": "/ports/443", "ports_search": "/ports?q=ssh",
          "ports_batch": "/ports?port=22,80", "services": "/services/https", "ranges": "/ranges",
          "free_ranges": "/free-ranges?transport=tcp", "map": "/map", "dashboard": "/",
          "description": "/openapi.json", "health": "/livez", "other": "/nowhere"}
ASKED_OF_EACH = 25
HELD = "http_held_requests"
CONNECTIONS = 'http_connections{state="%s"}'


def exposition(binary: Path, short: bool, findings: Findings) -> None:
    """promtool finds nothing to say about the page."""
    with Program(binary, *ADMIN) as program:
        for target in MIXED:
            ask(program.address, target)
        page = ask(program.admin, "/metrics")
        checked = subprocess.run(["promtool", "check", "metrics"], input=page.content,
                                 capture_output=True)
        said = (checked.stdout + checked.stderr).decode().strip()
        findings.say(f"promtool: exit {checked.returncode}, {len(page.content)} bytes {said}")
        findings.require(checked.returncode == 0 and not said, "promtool complains")
        findings.require(page.field("content-type") == "text/plain; version=0.0.4; charset=utf-8",
                         f"content type {page.field('content-type')}")


def bounded_series(binary: Path, short: bool, findings: Findings) -> None:
    """Ten thousand paths, methods and parameters that nobody knows add no series but the first."""
    chance = random.Random(SEED)

    def word() -> str:
        return "".join(chance.choices(string.ascii_letters, k=12))

    with Program(binary, *ADMIN) as program:
        with Connection(program.address) as connection:
            for target in ("/x", "/ports/x", "/ports?x=1", "/services/x"):
                for method in ("GET", "HEAD", "XYZ"):
                    connection.ask(target, method=method)
        before = metrics(program.admin)
        for _ in range(PATHS // DEPTH):
            with Connection(program.address) as connection:
                for _ in range(DEPTH):
                    target = chance.choice(("/", "/ports/", "/ports?", "/services/")) + word()
                    connection.ask(target, method=chance.choice(("GET", "GET", word().upper())))
        after = metrics(program.admin)
        added = sorted(after.keys() - before.keys())
        findings.say(f"{PATHS} random targets: {len(before)} series before, {len(after)} after")
        findings.require(not added, f"added: {added[:5]}")


def counts(binary: Path, short: bool, findings: Findings) -> None:
    """Histogram and counters equal the requests sent, route by route; connections move."""
    with Program(binary, *ADMIN) as program:
        before = metrics(program.admin)
        with Connection(program.address) as connection:
            for target in ROUTES.values():
                for _ in range(ASKED_OF_EACH):
                    connection.ask(target)
            for _ in range(ASKED_OF_EACH):  # gzip on the fly, in pieces between other events
                connection.ask("/ports?limit=1000", "Accept-Encoding: gzip")
            during = metrics(program.admin)
        after = metrics(program.admin)
        for route, target in ROUTES.items():
            expected = ASKED_OF_EACH * (2 if route == "ports_search" else 1)
            counted = after[COUNT % route] - before[COUNT % route]
            findings.require(counted == expected, f"{route}: {counted:.0f} of {expected} measured")
            counter = f'http_requests_total{{route="{route}"'
            counted = total(after, counter) - total(before, counter)
            findings.require(counted == expected, f"{route}: {counted:.0f} of {expected} counted")
            last = f'http_request_duration_seconds_bucket{{route="{route}",le="+Inf"}}'
            findings.require(after[last] == after[COUNT % route], f"{route}: buckets do not add up")
        opened = total(during, "http_connections{")
        # Each page of metrics was asked on a connection of its own.
        accepted = total(after, "http_connections_accepted_total") - total(
            before, "http_connections_accepted_total")
        findings.say(f"{len(ROUTES)} routes agree; {opened:.0f} connections open, then "
                     f"{total(after, 'http_connections{'):.0f}; {accepted:.0f} accepted")
        findings.require(opened == 2 and accepted == 3, "connections do not agree")
        findings.require(during[CONNECTIONS % "idle"] == 2, "those that ask nothing are not idle")
        tag = ask(program.address, "/ports/443").field("etag")
        with Connection(program.address) as connection:
            connection.send(request("/ports/443", f"If-None-Match: {tag}", "Prefer: wait=30"))
            findings.require(wait_until(lambda: metrics(program.admin)[HELD] == 1),
                             "a held request is not counted")
            findings.require(metrics(program.admin)[CONNECTIONS % "waiting"] == 1,
                             "its connection does not wait")
        findings.require(wait_until(lambda: metrics(program.admin)[HELD] == 0),
                         "a held request that is gone is counted")
        findings.require(metrics(program.admin)[CONNECTIONS % "waiting"] == 0,
                         "its connection still waits")


def refusals(binary: Path, short: bool, findings: Findings) -> None:
    """Each way to be turned away moves its own counter."""
    def send(address, data: bytes) -> None:
        with socket.create_connection(address, 10) as client:
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)
            while client.recv(65_536):
                pass

    with Program(binary, *ADMIN, "--idle-timeout-seconds", "1") as program:
        def refused() -> dict[str, float]:
            prefix = 'http_refusals_total{reason="'
            return {name.removeprefix(prefix).rstrip('"}'): value
                    for name, value in metrics(program.admin).items() if name.startswith(prefix)}

        before = refused()
        send(program.address, b"GET /\x00 HTTP/1.1\r\n\r\n")
        send(program.address, request("/" + "a" * 9000))
        send(program.address, request("/", *(f"F{number}: x" for number in range(101))))
        with Connection(program.address) as connection:
            connection.ask("/ports/443")
            started = time.monotonic()
            connection.is_closed()
            waited = time.monotonic() - started
        moved = {name: value - before[name] for name, value in refused().items()}
        findings.say(f"{ {name: int(value) for name, value in moved.items() if value} }, "
                     f"idle ended after {waited:.2f} s")
        findings.require(moved["malformed"] == 1, "malformed is not counted")
        findings.require(sum(moved.values()) >= 4, "a refusal is not counted")
        findings.require(moved["idle"] >= 1 and 0.9 <= waited <= 3, "idle is not counted")

"""Requests by client network, and who is believed about where they come from."""
import json
import socket
import tempfile
from pathlib import Path

from Support.cases import Findings
from Support.program import Program
from Support.wire import Answer, ask, request, take_answer

from .base import ADMIN, metrics

BURST, RATE = 10, 1
LIMITED = (*ADMIN, "--requests-per-second", str(RATE), "--burst-requests", str(BURST))
LIMITED_TOTAL = "http_rate_limited_requests_total"


def ask_from(source: str, address: tuple[str, int], *fields: str, target="/ports/443") -> Answer:
    """Asks from one of this machine's own addresses."""
    with socket.create_connection(address, 10, source_address=(source, 0)) as client:
        client.sendall(request(target, *fields, "Connection: close"))
        received = b""
        while part := client.recv(65_536):
            received += part
    return take_answer(received, ended=True)[0]


def rate_limit(binary: Path, short: bool, findings: Findings) -> None:
    """429 and Retry-After for one network; other networks, IPv6, and health are not touched."""
    # The connections of a network count together, whichever loop they come to.
    with Program(binary, *LIMITED, "--workers", "4", "--listen", "[::1]:0") as program:
        answers = [ask_from("127.0.0.1", program.address) for _ in range(3 * BURST)]
        refused = [answer for answer in answers if answer.status == 429]
        findings.say(f"{len(refused)} of {len(answers)} refused at a burst of {BURST}")
        findings.require(len(answers) - len(refused) in range(BURST, BURST + 3),
                         "the burst is another")
        findings.require(all(1 <= int(answer.field("retry-after")) <= 2 for answer in refused),
                         "Retry-After is missing or no soon")
        findings.require(json.loads(refused[0].content)["type"] == "/problems/too-many-requests",
                         "the problem is another")
        findings.require(ask_from("127.0.0.2", program.address).status == 200,
                         "another network is refused")
        v6 = program.said(r"listening on http://\[::1\]:([0-9]+)")
        findings.require(ask(("::1", int(v6[1])), "/ports/443").status == 200, "IPv6 is refused")
        findings.require(ask_from("127.0.0.1", program.address, target="/livez").status == 200,
                         "health is refused")
        forged = ask_from("127.0.0.1", program.address, "X-Forwarded-For: 192.0.2.1")
        findings.require(forged.status == 429, "a field of nobody's is believed")
        counted = metrics(program.admin)[LIMITED_TOTAL]
        findings.require(counted == len(refused) + 1, f"{counted:.0f} counted")


def trusted_proxies(binary: Path, short: bool, findings: Findings) -> None:
    """The network that a trusted proxy names counts; what a client writes itself does not."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "access.log"
        # One loop, so that the log has the lines in the order of the requests.
        with Program(binary, *LIMITED, "--workers", "1", "--trusted-proxies", "127.0.0.1/32",
                     "--access-log", str(log)) as program:
            def status(field: str, source: str = "127.0.0.1") -> int:
                return ask_from(source, program.address, field).status

            for _ in range(2 * BURST):
                status("X-Forwarded-For: 2001:db8::1")
            cases = [
                ("X-Forwarded-For: 2001:db8::1", 429, "2001:db8::1"),
                ("X-Forwarded-For: 2001:db8::2", 429, "2001:db8::2"),  # the same /64
                ("X-Forwarded-For: 2001:db8:0:1::1", 200, "2001:db8:0:1::1"),
                ("X-Forwarded-For: 192.0.2.9", 200, "192.0.2.9"),
                # The nearest proxy wrote the last one; what stands before is the client's word.
                ("X-Forwarded-For: 192.0.2.7, 2001:db8::1", 429, "2001:db8::1"),
                ('Forwarded: for="[2001:db8::1]:4711";proto=https', 429, "2001:db8::1"),
                ("Forwarded: for=192.0.2.10", 200, "192.0.2.10"),
                ("X-Forwarded-For: nonsense", 200, "127.0.0.1"),
            ]
            for field, expected, _ in cases:
                got = status(field)
                findings.require(got == expected, f"{field}: {got}, not {expected}")
            findings.require(status("X-Forwarded-For: 2001:db8::1", "127.0.0.3") == 200,
                             "a proxy that is not trusted is believed")
            program.terminate()
        clients = [json.loads(line)["client"] for line in log.read_text().splitlines()]
        expected = [client for _, _, client in cases] + ["127.0.0.3"]
        findings.say(f"{len(cases)} fields understood, logged as {expected}")
        findings.require(clients[2 * BURST:] == expected, f"logged: {clients[2 * BURST:]}")

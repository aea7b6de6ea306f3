"""Clients that cost memory: those that never read, and those that only stay."""
import socket
import time
from pathlib import Path

from Support.program import Program, mebibytes
from Support.wire import Connection, request

from .base import (LARGEST_LIST, PORT, Findings, Probe, close_all, p99_limit_milliseconds,
                   peak_of_memory, raise_descriptor_limit)

UNREADING = 2000
TINY_BUFFER_BYTES = 1024  # the kernel makes it about twice that
UNREAD_REQUESTS = 4
SETTLE_SECONDS = 3
# 64 MiB of unwritten answers (DESIGN.md §7), and what 2,000 connections and a busy heap take.
UNREAD_GROWTH_LIMIT_BYTES = 96 << 20

# As many as the program accepts (DESIGN.md §7). Above four fifths of them it closes those that have
# been idle for five seconds, so they are weighed at once.
IDLE = 10_000
IDLE_SHORT = 4_000
IDLE_LIMIT_BYTES = 2048
SPARE_DESCRIPTORS = 200


def unread_answers(binary: Path, short: bool, findings: Findings) -> None:
    raise_descriptor_limit()
    with Program(binary) as program:
        before, clients = program.resident_bytes(), []
        with peak_of_memory(program) as peak:
            for _ in range(UNREADING):
                client = socket.socket()
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, TINY_BUFFER_BYTES)
                client.settimeout(5)
                client.connect(program.address)
                client.sendall(request(LARGEST_LIST) * UNREAD_REQUESTS)
                clients.append(client)
            # Only then is the kernel done with filling two thousand buffers, at our cost too.
            time.sleep(SETTLE_SECONDS)
            with Probe(program.address) as probe:
                time.sleep(3 if short else 10)
        close_all(clients)
        time.sleep(1)
        findings.say(f"{UNREADING} clients never read: {mebibytes(before)} before, "
                     f"{mebibytes(peak[0])} at the peak")
        findings.require(peak[0] - before <= UNREAD_GROWTH_LIMIT_BYTES, "memory is not bounded")
        probe.report(findings, p99_limit_milliseconds(short))
        findings.require_serving(program)


def idle_connections(binary: Path, short: bool, findings: Findings) -> None:
    hard = raise_descriptor_limit()
    count = min(IDLE_SHORT if short else IDLE, hard - SPARE_DESCRIPTORS)
    with Program(binary) as program:
        Connection(program.address).ask(PORT)
        before, clients = program.settled_resident_bytes(), []
        for _ in range(count):
            connection = Connection(program.address)
            connection.ask(PORT)
            clients.append(connection.socket)
        each = (program.resident_bytes() - before) / count
        findings.say(f"{count} idle connections: {each:.0f} bytes each")
        findings.require(each <= IDLE_LIMIT_BYTES, f"more than {IDLE_LIMIT_BYTES} bytes each")
        close_all(clients)
        findings.require_serving(program)

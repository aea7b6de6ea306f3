"""One client that floods, clients that reset, clients that talk nonsense."""
import multiprocessing
import random
import select
import socket
import struct
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from Support.program import Program, mebibytes, percentile
from Support.wire import Connection, request

from .base import LARGEST_LIST, PORT, Findings

FLOODING_CONNECTIONS, FLOOD_DEPTH = 4, 64
NORMAL_REQUESTS = 100  # on each connection of the normal client
FAIR_P99_LIMIT_MILLISECONDS = 50
RESETS, RESET_REQUESTS = 1000, 20
RESET_GROWTH_LIMIT_BYTES = 16 << 20
GARBAGE, GARBAGE_AT_ONCE, SEED = 2000, 32, 6335
GARBAGE_LIMIT_SECONDS = 15


def flood(address: tuple[str, int]) -> None:
    """Pipelines as fast as the program answers, until this process is ended."""
    burst = request("/ports?q=server") * FLOOD_DEPTH
    unsent: dict[socket.socket, bytes] = {}
    while True:
        while len(unsent) < FLOODING_CONNECTIONS:  # also in the place of one that was closed
            client = socket.create_connection(address)
            client.setblocking(False)
            unsent[client] = burst
        readable, writable, _ = select.select(unsent, unsent, [])
        for client in {*readable, *writable}:
            try:
                is_open = client not in readable or client.recv(1 << 20)
                if is_open and client in writable:
                    sent = client.send(unsent[client])
                    unsent[client] = unsent[client][sent:] or burst
            except OSError:
                is_open = False
            if not is_open:
                client.close()
                del unsent[client]


def times_of_normal_client(address: tuple[str, int], seconds: float) -> list[float]:
    """Milliseconds of each request of a client that asks, reads, and pauses."""
    times, deadline = [], time.monotonic() + seconds
    while time.monotonic() < deadline:
        with Connection(address) as connection:
            for _ in range(NORMAL_REQUESTS):
                started = time.monotonic()
                connection.ask(PORT)
                times.append((time.monotonic() - started) * 1000)
                time.sleep(0.005)
    return times


def fairness(binary: Path, short: bool, findings: Findings) -> None:
    seconds = 3 if short else 10
    with Program(binary) as program:
        for name, flooded in (("alone", False), ("beside a flood", True)):
            child = multiprocessing.Process(target=flood, args=(program.address,), daemon=True)
            if flooded:
                child.start()
                time.sleep(0.5)
            times = times_of_normal_client(program.address, seconds)
            if flooded:
                findings.require(child.is_alive(), "the flood was cut off")
                child.kill()
                child.join()
            p50, p99 = (percentile(times, share) for share in (0.5, 0.99))
            findings.say(f"normal client {name}: p50 {p50:.2f} ms, p99 {p99:.2f} ms")
        findings.require(p99 <= FAIR_P99_LIMIT_MILLISECONDS,
                         f"p99 above {FAIR_P99_LIMIT_MILLISECONDS} ms beside a flood")
        findings.require_serving(program)


def resets(binary: Path, short: bool, findings: Findings) -> None:
    with Program(binary) as program:
        before = program.settled_resident_bytes()
        for _ in range(RESETS // 4 if short else RESETS):
            client = socket.create_connection(program.address, 5)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.sendall(request(LARGEST_LIST) * RESET_REQUESTS)
            client.recv(1)  # the program is writing now
            client.close()  # with no linger time: RST
        grown = program.resident_bytes() - before if program.is_running else 0
        findings.say(f"resets within writes: {mebibytes(before)} before, {mebibytes(grown)} more")
        findings.require(grown <= RESET_GROWTH_LIMIT_BYTES, "memory was lost")
        findings.require_serving(program)


def nonsense(chance: random.Random) -> bytes:
    """Noise, or a good request with some of its bytes changed, lost or doubled."""
    if chance.random() < 0.3:
        return chance.randbytes(chance.randrange(1, 4000))
    data = bytearray(request(PORT, "Content-Length: 3", "If-None-Match: *") + b"abc"
                     + request("/ports?q=ssh", "Transfer-Encoding: chunked")
                     + b"3\r\nabc\r\n0\r\n\r\n")
    for _ in range(chance.randrange(1, 6)):
        place = chance.randrange(len(data))
        change = chance.randrange(3)
        if change == 0:
            data[place] = chance.randrange(256)
        elif change == 1:
            del data[place:place + chance.randrange(1, 20)]
        else:
            data[place:place] = data[place:place + chance.randrange(1, 40)]
    return bytes(data)


def speak(address: tuple[str, int], data: bytes) -> str | None:
    """None if the program answered in HTTP, or not at all, and then closed."""
    received = b""
    with socket.create_connection(address, GARBAGE_LIMIT_SECONDS) as client:
        try:
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)
            while part := client.recv(65_536):
                received += part
        except TimeoutError:
            return "not closed"
        except OSError:
            pass  # a reset is an end too
    return None if not received or received.startswith(b"HTTP/1.1 ") else "no HTTP"


def garbage(binary: Path, short: bool, findings: Findings) -> None:
    chance = random.Random(SEED)
    words = [nonsense(chance) for _ in range(GARBAGE // 4 if short else GARBAGE)]
    with Program(binary) as program, ThreadPoolExecutor(GARBAGE_AT_ONCE) as pool:
        started = time.monotonic()
        said = list(pool.map(lambda data: speak(program.address, data), words))
        wrong = [index for index, fault in enumerate(said) if fault]
        findings.say(f"{len(words)} connections of nonsense (seed {SEED}) in "
                     f"{time.monotonic() - started:.1f} s")
        for index in wrong[:3]:
            findings.say(f"number {index}: {said[index]} after {words[index][:120]!r}")
        findings.require(not wrong, f"{len(wrong)} were not answered well")
        findings.require_serving(program)

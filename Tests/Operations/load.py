"""Clients that ask as fast as they are answered, from processes of their own, and count."""
import asyncio
import multiprocessing
import ssl
import time
from collections import Counter
from dataclasses import dataclass, field

from Support.wire import Malformed, parse_head, request

MIXED = ("/ports/443", "/ports/53/udp", "/ports?q=ssh", "/ranges", "/services/https",
         "/ports?port=22,80,99999", "/free-ranges?transport=tcp&range=user&size=10")
PROCESSES = 2
START_LIMIT_SECONDS = 10
LAST_ANSWERS_LIMIT_SECONDS = 5
RETRY_PAUSE_SECONDS = 0.01


@dataclass
class Tally:
    """What became of the requests. A connection that was never made has had no request."""
    answered: int = 0
    connected: int = 0
    last_answers: int = 0  # those that said Connection: close
    failures: Counter = field(default_factory=Counter)
    unconnected: Counter = field(default_factory=Counter)

    def __iadd__(self, other: "Tally") -> "Tally":
        self.answered += other.answered
        self.connected += other.connected
        self.last_answers += other.last_answers
        self.failures += other.failures
        self.unconnected += other.unconnected
        return self

    @property
    def failed(self) -> int:
        return self.failures.total()

    def __str__(self) -> str:
        text = f"{self.answered} answered on {self.connected} connections, {self.failed} failed"
        return text + (f" {dict(self.failures)}" if self.failures else "")


class Load:
    """As a context: asks within the block; `tally` is whole after it.

    `renew_after`: requests on one connection. `pause_seconds`: between them. `reconnects`: whether
    a client whose server said Connection: close, or is gone, comes again.
    """

    def __init__(self, address: tuple[str, int], clients: int = 16, targets=MIXED,
                 is_tls: bool = False, renew_after: int = 200, reconnects: bool = True,
                 pause_seconds: float = 0):
        self.address, self.clients, self.targets = address, clients, targets
        self.is_tls, self.renew_after, self.reconnects = is_tls, renew_after, reconnects
        self.pause_seconds = pause_seconds
        self.tally = Tally()
        self.is_over = multiprocessing.Value("b", 0, lock=False)
        self.answers = multiprocessing.Array("q", PROCESSES, lock=False)
        self.processes, self.ends = [], []

    def __enter__(self):
        for place in range(PROCESSES):
            ours, theirs = multiprocessing.Pipe(duplex=False)
            process = multiprocessing.Process(target=self.work, args=(place, theirs), daemon=True)
            process.start()
            theirs.close()
            self.processes.append(process)
            self.ends.append(ours)
        deadline = time.monotonic() + START_LIMIT_SECONDS
        while not all(self.answers) and time.monotonic() < deadline:
            time.sleep(0.01)
        return self

    def __exit__(self, *_):
        self.is_over.value = 1
        self.wait()

    def wait(self) -> None:
        """Until all clients have ended; those that do not reconnect end by themselves."""
        for process, end in zip(self.processes, self.ends):
            if end.poll(60):
                self.tally += end.recv()
            else:
                self.tally.failures["a load process hung"] += 1
                process.kill()
            process.join()
        self.processes, self.ends = [], []

    @property
    def answered(self) -> int:
        """So far."""
        return sum(self.answers)

    # MARK: In a process of its own

    def work(self, place: int, end) -> None:
        tally = Tally()
        asyncio.run(self.ask_all(place, tally))
        end.send(tally)

    async def ask_all(self, place: int, tally: Tally) -> None:
        clients = [asyncio.create_task(self.ask_on(number, tally))
                   for number in range(self.clients // PROCESSES)]
        while not self.is_over.value and not all(client.done() for client in clients):
            await asyncio.sleep(0.02)
            self.answers[place] = tally.answered
        _, unfinished = await asyncio.wait(clients, timeout=LAST_ANSWERS_LIMIT_SECONDS)
        for client in unfinished:
            tally.failures["no answer"] += 1
            client.cancel()

    async def ask_on(self, number: int, tally: Tally) -> None:
        context = None
        if self.is_tls:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        while not self.is_over.value:
            try:
                reader, writer = await asyncio.open_connection(*self.address, ssl=context)
            except OSError as fault:
                tally.unconnected[type(fault).__name__] += 1
                if not self.reconnects:
                    return
                await asyncio.sleep(RETRY_PAUSE_SECONDS)
                continue
            tally.connected += 1
            is_last = await self.converse(reader, writer, number, tally)
            writer.transport.abort()
            if is_last and not self.reconnects:
                return

    async def converse(self, reader, writer, number: int, tally: Tally) -> bool:
        """Asks until the connection is old or lost; gives whether the server ended it."""
        for turn in range(self.renew_after):
            if self.is_over.value:
                return False
            begun = False
            try:
                writer.write(request(self.targets[(number + turn) % len(self.targets)]))
                await writer.drain()
                first = await reader.readexactly(1)
                begun = True
                head = first + await reader.readuntil(b"\r\n\r\n")
                _, status, fields = parse_head(head[:-4])
                values = dict(fields)
                await reader.readexactly(int(values["content-length"]))
            except (OSError, asyncio.IncompleteReadError, Malformed, KeyError) as fault:
                place = "within an answer" if begun else "before an answer"
                tally.failures[f"{type(fault).__name__} {place}"] += 1
                return True
            if status != 200:
                tally.failures[str(status)] += 1
            else:
                tally.answered += 1
            if values.get("connection", "").lower() == "close":
                tally.last_answers += 1
                return True
            if self.pause_seconds:
                await asyncio.sleep(self.pause_seconds)
        return False

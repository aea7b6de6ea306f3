"""The wall clock jumps (libfaketime): deadlines hold, and what tells the time follows."""
import tempfile
import time
from email.utils import parsedate_to_datetime
from pathlib import Path

from Support.cases import Findings
from Support.program import Program
from Support.wire import Connection, ask, request

from .base import wait_until
from .load import Load

LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
# The library sets variables of its own in the first process it is loaded into, which moves the
# environment away from the arguments; Swift's runtime looks for these beside it.
THROUGH_ENV = ("env",)
IDLE_SECONDS, DAY_SECONDS = 2, 86_400
TOLERANCE_SECONDS = 1.5
HEAD_SECONDS = 10


def clock_jumps(binary: Path, short: bool, findings: Findings) -> None:
    """A day ahead and two back, under load: no deadline ends early or late, Date follows."""
    if LIBRARY is None:
        findings.require(False, "libfaketime is not installed")
        return
    with tempfile.TemporaryDirectory() as folder:
        offset = Path(folder) / "offset"
        offset.write_text("+0\n")
        environment = {"LD_PRELOAD": str(LIBRARY), "FAKETIME_TIMESTAMP_FILE": str(offset),
                       "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                       "DONT_FAKE_MONOTONIC": "1"}
        with Program(binary, "--idle-timeout-seconds", str(IDLE_SECONDS),
                     environment=environment, prefix=THROUGH_ENV) as program:
            def date() -> float:
                value = ask(program.address, "/ports/443").field("date")
                return parsedate_to_datetime(value).timestamp()

            with Load(program.address, clients=4, pause_seconds=0.01) as load:
                for days in (1, -1, 0):
                    with Connection(program.address) as idle, \
                            Connection(program.address) as slow:
                        idle.ask("/ports/443")
                        slow.send(request("/ports/443")[:10])
                        started = time.monotonic()
                        offset.write_text(f"{days * DAY_SECONDS:+d}\n")
                        followed = wait_until(lambda: abs(
                            date() - time.time() - days * DAY_SECONDS) < 3, 3)
                        findings.require(followed, f"Date does not follow {days:+d} day")
                        idle.is_closed()
                        waited = time.monotonic() - started
                        findings.require(abs(waited - IDLE_SECONDS) < TOLERANCE_SECONDS,
                                         f"idle ended after {waited:.1f} s at {days:+d} day")
                        if not short:
                            status = slow.answer().status
                            head = time.monotonic() - started
                            findings.require(status == 408 and abs(head - HEAD_SECONDS)
                                             < TOLERANCE_SECONDS, f"{status} after {head:.1f} s")
                        findings.say(f"{days:+d} day: Date follows, idle ended after "
                                     f"{waited:.2f} s")
            findings.say(str(load.tally))
            findings.require(load.tally.failed == 0 and not load.tally.unconnected,
                             "requests failed")
            findings.require(program.terminate() == 0, "it did not end with 0")

"""SIGHUP: everything is read anew, or nothing is changed and the reason is told."""
import json
import os
import signal
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from Support.cases import Findings
from Support.program import Program, mebibytes
from Support.wire import ask

from .base import ADMIN, SITE, make_certificate, metrics, open_once_read, wait_until
from .load import Load

RELOADS, RELOADS_SHORT = 100, 20
RELOAD_LIMIT_SECONDS = 5
# Data is some 20 MiB; what is let go goes back to the kernel.
GROWTH_LIMIT_BYTES = 8 << 20
DONE, REFUSED = (f'portolan_reloads_total{{result="{result}"}}' for result in ("done", "failed"))


def reload_and_wait(program: Program, sample: str) -> bool:
    """One SIGHUP; two at once would be one."""
    before = metrics(program.admin)[sample]
    program.signal(signal.SIGHUP)
    return wait_until(lambda: metrics(program.admin)[sample] > before, RELOAD_LIMIT_SECONDS)


def reloads(binary: Path, short: bool, findings: Findings) -> None:
    """Under load on both listeners, no request fails."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        certificate, key = make_certificate(folder, "first")
        program = stack.enter_context(Program(
            binary, *ADMIN, "--tls-listen", "127.0.0.1:0", "--tls-certificate", str(certificate),
            "--tls-key", str(key)))
        program.settled_resident_bytes()
        loads = [Load(program.address), Load(program.listener("listening on https"), is_tls=True)]
        for load in loads:
            stack.enter_context(load)
        reload_and_wait(program, DONE)
        before = program.resident_bytes()
        started, count = time.monotonic(), RELOADS_SHORT if short else RELOADS
        done = sum(reload_and_wait(program, DONE) for _ in range(count))
        seconds = time.monotonic() - started
        for load in loads:
            load.__exit__()
        findings.say(f"{done} of {count} reloads in {seconds:.1f} s")
        grown = program.settled_resident_bytes() - before
        for name, load in zip(("plain", "TLS"), loads):
            findings.say(f"{name}: {load.tally}")
            findings.require(load.tally.answered > 0, f"nothing was asked in {name}")
            findings.require(load.tally.failed == 0 and not load.tally.unconnected,
                             f"requests failed in {name}")
        findings.say(f"resident {mebibytes(before)} after the first, {mebibytes(grown)} more")
        findings.require(done == count, "a reload was not done")
        findings.require(grown <= GROWTH_LIMIT_BYTES, "reloads cost memory")


def reload_amid_reload(binary: Path, short: bool, findings: Findings) -> None:
    """What changes while a reload still reads is taken by another one after it, and only one."""
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "site.csv"
        site.write_text(SITE % "first")
        with Program(binary, *ADMIN, "--site", str(site)) as program:
            site.unlink()
            os.mkfifo(site)
            program.signal(signal.SIGHUP)
            pipe = open_once_read(site)
            site.unlink()
            site.write_text(SITE % "third")
            for _ in range(3):
                program.signal(signal.SIGHUP)
                findings.require(ask(program.address, "/services/first").status == 200,
                                 "it does not serve while it reads")
            os.write(pipe, (SITE % "second").encode())
            os.close(pipe)
            findings.require(
                wait_until(lambda: ask(program.address, "/services/third").status == 200),
                "the last change is not taken")
            done = metrics(program.admin)[DONE]
        findings.say(f"{done:.0f} reloads done")
        # The program looks at its files by itself, too.
        findings.require(done in (2, 3), "each signal was a reload of its own")


def refused_reload(binary: Path, short: bool, findings: Findings) -> None:
    """A broken file changes nothing, and the reason is in the log and in the health."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "portolan.json"
        file.write_text('{"log_level": "info"}')
        with Program(binary, *ADMIN, "--config", str(file)) as program, \
                Load(program.address) as load:
            for content, reason in (
                    ('{"log_level": ', r"portolan\.json"),
                    ('{"log_levle": "info"}', "log_levle"),
                    ('{"idle_timeout_seconds": "soon"}', "idle_timeout_seconds"),
                    (None, r"portolan\.json")):
                line_count = len(program.lines)
                file.unlink() if content is None else file.write_text(content)
                findings.require(reload_and_wait(program, REFUSED), f"{content} was taken")
                program.said(f"reload refused.*{reason}", line_count)
                report = json.loads(ask(program.admin, "/readyz?verbose").content)
                check = next(one for one in report["checks"] if one["name"] == "reload")
                findings.say(f"{check.get('detail')}")
                findings.require(report["status"] == "ok", "a refused reload made it unready")
                findings.require("refused" in check.get("detail", ""), "health does not tell it")
            file.write_text('{"log_level": "warning"}')
            findings.require(reload_and_wait(program, DONE), "the mended file was not taken")
            report = json.loads(ask(program.admin, "/readyz?verbose").content)
            check = next(one for one in report["checks"] if one["name"] == "reload")
            findings.require("detail" not in check, "health still tells the old reason")
        findings.say(str(load.tally))
        findings.require(load.tally.failed == 0, "requests failed")

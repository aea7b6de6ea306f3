"""A suite of cases that each print figures: findings, and the command that runs them."""
import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from .program import NotStarted, find_binary
from .wire import Closed, Malformed


@dataclass
class Findings:
    """What one case measured and what went wrong."""
    faults: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        print(f"  {text}", flush=True)

    def require(self, holds: bool, text: str) -> None:
        if not holds:
            self.faults.append(text)
            self.say(f"FAILED: {text}")


Case = Callable[[Path, bool, Findings], None]


def run(name: str, about: str, cases: list[Case]) -> int:
    """Runs the cases that the command line names, or all; gives the exit status."""
    parser = argparse.ArgumentParser(prog=name, description=about)
    parser.add_argument("--short", action="store_true", help="a fraction of the time")
    parser.add_argument("--only", choices=[case.__name__ for case in cases], action="append")
    options = parser.parse_args()
    binary = find_binary(".build/release/portolan")
    if not binary.exists():
        print(f"{name}: there is no {binary}; build it first", file=sys.stderr)
        return 2
    failed = []
    for case in cases:
        if options.only and case.__name__ not in options.only:
            continue
        started = time.monotonic()
        print(case.__name__.replace("_", " "), flush=True)
        findings = Findings()
        try:
            case(binary, options.short, findings)
        except (NotStarted, OSError, Closed, Malformed) as fault:
            findings.require(False, f"{type(fault).__name__}: {fault}")
        print(f"  {time.monotonic() - started:.1f} s", flush=True)
        failed += [case.__name__] if findings.faults else []
    print(f"failed: {', '.join(failed)}" if failed else "all of it held")
    return 1 if failed else 0

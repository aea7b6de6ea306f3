"""Scripts/attacks: runs every attack, prints its figures, and says which failed."""
import argparse
import sys
import time

from Support.program import NotStarted, find_binary
from Support.wire import Closed, Malformed

from .base import Findings
from .crowds import fairness, garbage, resets
from .descriptors import descriptors
from .faults import faults
from .memory import idle_connections, unread_answers
from .slow_clients import slow_clients

ATTACKS = [slow_clients, descriptors, unread_answers, idle_connections, faults, fairness, resets,
           garbage]


def main() -> int:
    parser = argparse.ArgumentParser(prog="Scripts/attacks",
                                     description="Attacks the program on this machine.")
    parser.add_argument("--short", action="store_true", help="about a minute instead of five")
    parser.add_argument("--only", choices=[attack.__name__ for attack in ATTACKS], action="append")
    options = parser.parse_args()
    binary = find_binary(".build/release/portolan")
    if not binary.exists():
        print(f"attacks: there is no {binary}; build it first", file=sys.stderr)
        return 2
    failed = []
    for attack in ATTACKS:
        if options.only and attack.__name__ not in options.only:
            continue
        started = time.monotonic()
        print(attack.__name__.replace("_", " "), flush=True)
        findings = Findings()
        try:
            attack(binary, options.short, findings)
        except (NotStarted, OSError, Closed, Malformed) as fault:
            findings.require(False, f"{type(fault).__name__}: {fault}")
        print(f"  {time.monotonic() - started:.1f} s", flush=True)
        failed += [attack.__name__] if findings.faults else []
    print(f"failed: {', '.join(failed)}" if failed else "all attacks were withstood")
    return 1 if failed else 0

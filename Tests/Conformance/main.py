"""Scripts/conformance: plays every case to every target and reports."""
import argparse
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

from Support.program import ROOT, NotStarted, find_binary
from Support.wire import Closed

from .case import Case, Level
from .cases import GROUPS
from .exceptions import EXCEPTIONS
from .exchange import play
from .peers import NotAvailable, nginx, node, portolan
from .report import Column, Result, key, page, print_column
from .target import FEATURES, Target

PAGE = ROOT / "docs/CONFORMANCE.md"
AT_ONCE = 24  # cases on their way to one target; they wait more than they work


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="Scripts/conformance",
        description="Plays the conformance cases to Portolan, nginx and Node.")
    parser.add_argument("--target", metavar="HOST:PORT",
                        help="play them to a server that runs already, and to no other")
    parser.add_argument("--only", choices=("portolan", "nginx", "node"), action="append",
                        help="leave the others out, and docs/CONFORMANCE.md as it is")
    parser.add_argument("--match", default="", metavar="TEXT",
                        help="only cases whose name holds this")
    parser.add_argument("--lacks", choices=sorted(FEATURES), action="append", default=[],
                        help="with --target: what that server does not have")
    return parser.parse_args()


@contextmanager
def running_already(address: str, lacks: list[str]):
    host, _, port = address.rpartition(":")
    yield Target(address, "", (host.strip("[]"), int(port)), FEATURES - set(lacks))


def play_all(target: Target, match: str) -> dict[str, Result]:
    context = target.prepare()

    def judge(numbered: tuple[str, Case]) -> tuple[str, Result]:
        name, case = numbered
        if case.needs and case.needs not in target.features:
            return name, Result(case, "", None)
        seen = play(case, target.address, target.fill)
        return name, Result(case, str(seen), case.judge(seen, context))

    cases = [(key(number, case), case) for number, (_, group) in enumerate(GROUPS)
             for case in group if match in key(number, case)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(pool.map(judge, cases))


def main() -> int:
    chosen = options()
    makers = {"portolan": lambda: portolan(find_binary(".build/release/portolan")),
              "nginx": nginx, "node": node}
    if chosen.target:
        makers = {"target": lambda: running_already(chosen.target, chosen.lacks)}
    elif chosen.only:
        makers = {name: makers[name] for name in chosen.only}
    columns: list[Column] = []
    with ExitStack() as stack:
        for make in makers.values():
            try:
                target = stack.enter_context(make())
                columns.append((target, play_all(target, chosen.match)))
            except (NotAvailable, NotStarted, Closed, OSError) as fault:
                print(f"conformance: {fault}", file=sys.stderr)
                return 2
            print_column(*columns[-1])
    if not (chosen.target or chosen.only or chosen.match):
        PAGE.write_text(page(columns, EXCEPTIONS), "utf-8")
        print(f"written: {PAGE.relative_to(ROOT)}")
    if chosen.only and "portolan" not in chosen.only:
        return 0
    wrong = unexplained(columns[0][1])
    print("conformance: " + (f"unexplained: {', '.join(wrong)}" if wrong else "as expected"))
    return 1 if wrong else 0


def unexplained(results: dict[str, Result]) -> list[str]:
    """The MUST cases that failed without a listed reason, and listed ones that passed."""
    return [name for name, result in results.items()
            if (name in EXCEPTIONS and not result.fault)
            or (name not in EXCEPTIONS and result.fault and result.case.level is Level.MUST)]

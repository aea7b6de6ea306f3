"""The results as text: for the terminal, and as docs/CONFORMANCE.md."""
from dataclasses import dataclass

from .case import Case, Level
from .cases import GROUPS
from .target import Target

INTRODUCTION = """# Conformance

What RFC 9112 (the wire) and RFC 9110 (the meaning) demand of an origin server that uses no request
content, as bytes: {count} cases, played to three servers on one machine. Made by
`Scripts/conformance`, from the tables in `Tests/Conformance/cases/`; not edited by hand.

- The level is that of the keyword in the section cited. A rule without a keyword of its own (a
  grammar, *names know no case*) counts as MUST, because RFC 9110 §2.4 makes every recipient follow
  what an element means.
- Where a section leaves a choice, every choice passes: *400 or the end of the connection*.
- A cell shows the statuses of the answers, and whether the connection was kept (a further request
  on it was answered), closed, or left open without an answer. ✓ passes, ✗ fails, – has no such
  feature.
- nginx serves two static files of about the same sizes. Node is its `http` module with the handler
  in `Tests/Conformance/peers/server.js`; what it does about conditions is that handler's.
"""


@dataclass(frozen=True)
class Result:
    case: Case
    seen: str          # empty: not played, the target lacks what the case needs
    fault: str | None

    @property
    def mark(self) -> str:
        return "–" if not self.seen else "✗" if self.fault else "✓"

    @property
    def cell(self) -> str:
        return f"{self.mark} {self.seen}".rstrip()


Column = tuple[Target, dict[str, Result]]  # by the name of the case


def count(results: dict[str, Result], level: Level) -> tuple[int, int]:
    """How many cases of a level passed, and how many were played."""
    played = [result for result in results.values() if result.case.level is level and result.seen]
    return sum(not result.fault for result in played), len(played)


def totals(results: dict[str, Result]) -> str:
    counts = ((level.value, *count(results, level)) for level in Level)
    return ", ".join(f"{name} {passed} of {played}" for name, passed, played in counts)


def key(group: int, case: Case) -> str:
    return f"{group + 1}.{case.name}"


def print_column(target: Target, results: dict[str, Result]) -> None:
    print(f"{target.name} {target.version}: {totals(results)}")
    for name, result in results.items():
        if result.fault:
            print(f"  {result.case.level.value:6} {name:38} {result.seen}: {result.fault}")


def page(columns: list[Column], exceptions: dict[str, str]) -> str:
    """The first column is Portolan's."""
    lines = [INTRODUCTION.format(count=sum(len(cases) for _, cases in GROUPS))]
    lines += row("", *(f"{target.name} {target.version}" for target, _ in columns)), rule(columns)
    for level in Level:
        lines.append(row(level.value, *("{} of {}".format(*count(results, level))
                                        for _, results in columns)))
    lines += ["", "## Exceptions", "", "Cases that Portolan does not pass, and why:", ""]
    lines += [f"- {name} ({result.case.level.value}): {exceptions.get(name, result.fault)}"
              for name, result in columns[0][1].items() if result.fault] or ["None."]
    for number, (title, cases) in enumerate(GROUPS):
        lines += ["", f"## {number + 1}. {title}", ""]
        lines += [row("Case", "Level", "RFC", *(target.name for target, _ in columns)),
                  rule(columns, 3)]
        for case in cases:
            cells = (results[key(number, case)].cell for _, results in columns)
            lines.append(row(f"**{case.name}** {escape(case.says)}", case.level.value,
                             case.section, *cells))
    return "\n".join(lines) + "\n"


def row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def rule(columns: list[Column], leading: int = 1) -> str:
    return "| " + " | ".join(["---"] * (leading + len(columns))) + " |"


def escape(text: str) -> str:
    return text.replace("*", "\\*").replace("<", "&lt;").replace("|", "\\|")

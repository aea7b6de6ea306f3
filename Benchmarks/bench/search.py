"""One search inside the program, held against SQLite FTS5 on the same rows, and as the rows grow."""
import json
from pathlib import Path
from statistics import median

from .client import Connection
from .process import Failure, pinned
from .scenarios import QUERIES
from .tools import BUILT, ROOT, SEARCH, compile_c, run

WAYS = ("words", "prefixes", "trigrams")
SEARCH_ROUNDS = 5  # over all queries, within one run of a program
TABLE = ROOT / "Sources/CRegistryData/iana.tsv"


def compare(portolan_port: int, rounds: int, cores: str | None) -> dict[str, list[dict]]:
    """The reports of all programs, round by round."""
    rows = BUILT / "rows.tsv"
    count = export_rows(portolan_port, rows)
    sqlite = compile_c("peers/sqlite/search.c", "-lsqlite3")
    commands = {"portolan": [SEARCH, QUERIES, SEARCH_ROUNDS]}
    commands |= {way: [sqlite, rows, QUERIES, SEARCH_ROUNDS, way] for way in WAYS}
    reports = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            report = json.loads(run([*pinned(cores), *command]))
            if report["rows"] != count:
                raise Failure(f"{name} searched {report['rows']} rows of {count}")
            reports[name].append(report)
    if reports["portolan"][0]["answered"] != reports["portolan"][0]["queries"]:
        raise Failure("a search found nothing")
    return reports


def export_rows(port: int, path: Path) -> int:
    """Every assignment with a port, as the interface gives it."""
    target, lines = "/ports?limit=1000", []
    with Connection(port) as connection:
        while target:
            page = json.loads(connection.get(target).body)
            lines += [row(item) for item in page["items"]]
            target = page["next"]
    if len(lines) != page["total"]:
        raise Failure(f"{len(lines)} rows of {page['total']} were listed")
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return len(lines)


def row(item: dict) -> str:
    cells = [str(item["port"]), item["service"] or "", item["name"], item.get("description", ""),
             " ".join(item["aliases"])]
    return "\t".join(cell.replace("\t", " ").replace("\n", " ") for cell in cells)


def copies(factor: int) -> list[str]:
    """The rows of iana.tsv `factor` - 1 times more: other ports, other service names, same titles.

    The titles stay, so each question finds as many times more: the worst way to grow.
    """
    lines = [line for line in TABLE.read_text("utf-8").splitlines() if not line.startswith("#")]
    names = lines[0].split("\t")
    first, last, service = (names.index(name) for name in ("first", "last", "service"))
    made = []
    for copy in range(1, factor):
        for line in lines[1:]:
            cells = line.split("\t")
            if cells[last] != "-" or cells[service] == "-" or not cells[first].isdigit():
                continue
            cells[first] = str((int(cells[first]) + copy * 20_011) % 65_536)
            cells[service] = f"{cells[service][:12].rstrip('-')}-x{copy}"
            made.append("\t".join(cells))
    return sorted(made, key=lambda text: int(text.split("\t", 1)[0]))


def header() -> str:
    return next(line for line in TABLE.read_text("utf-8").splitlines() if not line.startswith("#"))


def more_rows(factor: int) -> Path:
    """A table with the copies alone."""
    path = BUILT / f"more-{factor}.tsv"
    path.write_text("\n".join([header(), *copies(factor)]) + "\n", "utf-8")
    return path


def whole_table(factor: int) -> Path:
    """iana.tsv with its copies, in the place of the registry carried in the program."""
    path = BUILT / f"table-{factor}.tsv"
    path.write_text(TABLE.read_text("utf-8") + "\n".join(copies(factor)) + "\n", "utf-8")
    return path


def grown(factor: int, cores: str | None) -> dict:
    """The report of the median round with `factor` times the rows."""
    command = [*pinned(cores), SEARCH, QUERIES, SEARCH_ROUNDS]
    if factor > 1:
        command.append(more_rows(factor))
    reports = [json.loads(run(command)) for _ in range(3)]
    middle = median(report["microseconds"] for report in reports)
    return next(report for report in reports if report["microseconds"] == middle)

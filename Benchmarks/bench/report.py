"""The measured part of docs/PERFORMANCE.md, between its markers."""
import os
from pathlib import Path
from statistics import median

from .figures import Figures, search_median
from .goals import Verdict, costs, quotients, rates, spread
from .measure import Row, Sample
from .process import Failure
from .search import WAYS
from .tools import ROOT, versions

PAGE = ROOT / "docs/PERFORMANCE.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
NAMES = {"portolan": "Portolan", "ceiling": "C loop", "nginx": "nginx", "nginx-return":
         "nginx `return`", "go": "Go", "node": "Node", "hummingbird": "Hummingbird"}


def table(heads: list[str], lines: list[list[str]]) -> str:
    rows = [heads, ["---"] + ["---:"] * (len(heads) - 1), *lines]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows) + "\n"


def machine() -> str:
    text = Path("/proc/cpuinfo").read_text()
    model = next(line.split(":")[1].strip() for line in text.splitlines() if "model name" in line)
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return f"{model}, {os.cpu_count()} cores, {pages / 2**30:.0f} GiB"


def latency(samples: list[Sample], name: str) -> str:
    """The median of the rounds; wrk gives no tail where it corrects for batches."""
    known = [value for sample in samples if (value := getattr(sample, name)) > 0]
    return f"{median(known):,.0f}" if known else "–"


def scenario_table(row: Row) -> str:
    lines = []
    for peer, samples in row.samples.items():
        ours = "portolan" in row.samples and peer != "portolan"
        lines.append([
            NAMES[peer],
            f"{median(sample.requests_per_second for sample in samples):,.0f}",
            f"{median(sample.cpu_microseconds for sample in samples):.2f}",
            f"{median(sample.busy for sample in samples):.2f}",
            *(latency(samples, name) for name in ("p50", "p99", "p999")),
            f"{median(sample.resident_bytes for sample in samples) / 2**20:.1f}",
            spread(quotients(rates(row, "portolan"), rates(row, peer))) if ours else "",
            spread(quotients(costs(row, "portolan"), costs(row, peer))) if ours else "",
        ])
    return f"**{row.scenario.title}**\n\n" + table(
        ["", "requests/s", "CPU µs", "busy", "p50 µs", "p99 µs", "p99.9 µs", "MiB",
         "ratio of requests/s", "ratio of CPU"], lines)


def growth(found: Figures) -> str:
    def cells(name: str, sample: Sample) -> list[str]:
        return [name, f"{sample.requests_per_second:,.0f}", f"{sample.cpu_microseconds:.2f}",
                f"{sample.p50:,.0f}", f"{sample.p99:,.0f}", f"{sample.resident_bytes / 2**20:.1f}"]
    heads = ["requests/s", "CPU µs", "p50 µs", "p99 µs", "MiB"]
    rows = [[f"{factor}×", f"{one['rows']:,}", f"{one['buildMilliseconds']:.1f}",
             f"{one['cpu_microseconds']:.2f}", f"{one['microseconds']:.1f}",
             f"{one['resident_bytes'] / 2**20:.1f}"] for factor, one in found.by_rows.items()]
    return "\n".join([
        "### Growth", "",
        table(["Connections", *heads],
              [cells(f"{count:,}", one) for count, one in found.by_connections.items()]),
        table(["Loops (load on the same cores)", *heads],
              [cells(name, one) for name, one in found.by_loops.items()]),
        "CPU is of one port in a walk over all, 16 at a time; a search is inside the program.\n",
        table(["Registry", "assignments", "build ms", "CPU µs", "search µs", "MiB"], rows),
    ])


def searches(found: Figures) -> str:
    lines = [["Portolan", f"{search_median(found, 'portolan'):.1f}",
              f"{found.search['portolan'][0]['answered']:,}"]]
    lines += [[f"SQLite FTS5, {way}", f"{search_median(found, way):.1f}",
               f"{found.search[way][0]['answered']:,}"] for way in WAYS]
    return "### One search, inside the program\n\n" + table(
        ["", "µs", "queries of 1,000 with an answer"], lines)


def shares(found: Figures) -> str:
    lines = [[one.scenario, NAMES[one.peer], f"{one.user_microseconds:.2f}",
              f"{one.kernel_microseconds:.2f}",
              ", ".join(f"{name} {count:.2f}" for name, count in one.calls.items())]
             for one in found.by_place]
    return "\n".join([
        "### Where the time of a request goes", "",
        "Microseconds of CPU for each request; system calls are counted under strace, which slows "
        "the server.", "",
        table(["", "", "program", "kernel", "system calls"], lines)])


def verdict_table(verdicts: list[Verdict]) -> str:
    lines = [[one.what, one.against, one.goal, one.measured, "yes" if one.holds else "**no**"]
             for one in verdicts]
    return table(["What", "Held against", "Goal", "Measured", "Holds"], lines)


def tables(rows: dict[str, Row]) -> str:
    return "\n".join(scenario_table(row) for row in rows.values())


def whole(rows: dict[str, Row], found: Figures, verdicts: list[Verdict], command: str,
          rounds: int, seconds: int) -> str:
    said = ", ".join(f"{name} {version}" for name, version in versions())
    return "\n".join([
        f"`{command}` on {machine()}: {rounds} rounds of {seconds} s.", "", f"{said}.", "",
        "### Goals", "", verdict_table(verdicts), "### Scenarios", "", tables(rows),
        shares(found), searches(found), growth(found)])


def write(text: str) -> None:
    page = PAGE.read_text("utf-8")
    if page.count(BEGIN) != 1 or page.count(END) != 1:
        raise Failure(f"{PAGE} has not one pair of markers")
    before, rest = page.split(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n{text}\n{END}{rest.split(END)[1]}", "utf-8")

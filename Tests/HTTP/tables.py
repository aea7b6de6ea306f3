"""The registry's tables, read and merged here once more, by the rules in words of DESIGN.md §4."""
from collections import defaultdict
from dataclasses import dataclass, field

from Support.program import ROOT

TABLES = ROOT / "Sources/CRegistryData"
TRANSPORTS = ("tcp", "udp", "sctp", "dccp")
OFFICIAL = ("catalogue", "iana")
LAYERS = (*OFFICIAL, "common")
PORTS = range(65_536)


@dataclass(frozen=True)
class Row:
    layer: str
    first: int | None
    last: int | None  # as printed: None where the row is one number
    transports: tuple[str, ...]
    state: str
    service: str | None
    name: str
    aliases: tuple[str, ...]
    note: str | None

    @property
    def numbers(self) -> range:
        return range(self.first, (self.last or self.first) + 1)


def cells_of(name: str):
    """Each row of a table by its columns' names; `-` says nothing."""
    lines = [line for line in (TABLES / name).read_text("utf-8").splitlines()
             if line and not line.startswith("#")]
    columns = lines[0].split("\t") if lines else []
    for line in lines[1:]:
        cells = (None if cell == "-" else cell for cell in line.split("\t"))
        yield dict(zip(columns, cells))


def rows_of(layer: str) -> list[Row]:
    rows = []
    for cells in cells_of(f"{layer}.tsv"):
        number = {key: int(cells[key]) if cells.get(key) else None for key in ("first", "last")}
        rows.append(Row(
            layer, number["first"], number["last"],
            tuple((cells.get("transports") or "").split(",")) if cells.get("transports") else (),
            cells.get("state") or "assigned", cells.get("service"), cells.get("name") or "",
            tuple((cells.get("aliases") or "").split("|")) if cells.get("aliases") else (),
            cells.get("note")))
    return rows


@dataclass
class Truth:
    rows: dict[str, list[Row]] = field(
        default_factory=lambda: {layer: rows_of(layer) for layer in LAYERS})

    def __post_init__(self):
        self.assigned_rows: dict[int, list[Row]] = defaultdict(list)
        self.noted_rows: dict[int, list[Row]] = defaultdict(list)
        states = {state: {name: bytearray(len(PORTS)) for name in TRANSPORTS}
                  for state in ("assigned", "reserved")}
        for row in (row for rows in self.rows.values() for row in rows if row.first is not None):
            # A name without a transport keeps the number from all four (DESIGN.md §4).
            state = row.state if row.transports else "reserved"
            for port in row.numbers:
                if row.state == "assigned":
                    self.assigned_rows[port].append(row)
                elif row.note:
                    self.noted_rows[port].append(row)
                if row.layer in OFFICIAL and state in states:
                    for transport in row.transports or TRANSPORTS:
                        states[state][transport][port] = 1
        self.states = states
        self.use = {(int(cells["port"]), cells["service"]): int(cells["use"])
                    for cells in cells_of("use.tsv")}

    def status(self, port: int) -> dict[str, str]:
        return {transport: next((state for state in ("assigned", "reserved")
                                 if self.states[state][transport][port]), "unassigned")
                for transport in TRANSPORTS}

    @staticmethod
    def range_name(port: int) -> str:
        return "system" if port < 1024 else "user" if port < 49152 else "dynamic"

    def assignments(self, port: int) -> dict[tuple, dict[str, list[str]]]:
        """What answers for a port: (first, last, service or name) to the transports by layer.

        An entry of no service merges with nothing and is known by its name.
        """
        found: dict[tuple, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for row in self.assigned_rows[port]:
            key = (row.first, row.last or row.first, row.service or (None, row.name))
            found[key][row.layer].update(row.transports)
        return {key: {layer: [name for name in TRANSPORTS if name in transports]
                      for layer, transports in layers.items()}
                for key, layers in found.items()}

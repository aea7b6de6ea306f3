"""Scripts/operations: runs every case, prints its figures, and says which failed."""
from Support.cases import run

from .reloading import refused_reload, reloads
from .stopping import drain_timeout, second_signal, shutdown_delay, stop_under_load

CASES = [reloads, refused_reload, stop_under_load, shutdown_delay, second_signal, drain_timeout]


def main() -> int:
    return run("Scripts/operations", "Runs the program as its operators do.", CASES)

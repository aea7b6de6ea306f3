"""Scripts/operations: runs every case, prints its figures, and says which failed."""
from Support.cases import run

from .access_log import (cut_lines, full_disk, hostile_lines, request_names, rotation,
                         unread_access_log, unread_log)
from .activation import killed_with_activation, notifications, socket_activate, stopped_loop
from .certificates import certificate_swaps, moved_certificate, unusable_certificates
from .clocks import clock_jumps
from .figures import bounded_series, counts, exposition, refusals
from .limits import rate_limit, trusted_proxies
from .reloading import refused_reload, reload_amid_reload, reloads
from .replicas import replicas
from .soak import soak
from .stopping import (drain_timeout, second_signal, shutdown_delay, stop_amid_connects,
                       stop_amid_reload, stop_under_load)

CASES = [
    reloads, reload_amid_reload, refused_reload, stop_under_load, stop_amid_connects,
    shutdown_delay, second_signal, stop_amid_reload, drain_timeout, replicas,
    killed_with_activation, socket_activate, notifications, stopped_loop, unread_access_log,
    unread_log, full_disk, cut_lines, hostile_lines, request_names, rotation, clock_jumps,
    exposition, bounded_series, counts, refusals, rate_limit, trusted_proxies,
    certificate_swaps, moved_certificate, unusable_certificates, soak,
]


def main() -> int:
    return run("Scripts/operations", "Runs the program as its operators do.", CASES)

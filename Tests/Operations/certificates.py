"""Certificates: changed under load, refused when they do not fit, and told at start."""
import json
import os
import shutil
import signal
import ssl
import subprocess
import tempfile
from pathlib import Path

from Support.cases import Findings
from Support.program import Program
from Support.wire import ask

from .base import ADMIN, make_certificate, metrics, wait_until
from .load import Load
from .reloading import REFUSED, reload_and_wait

SWAPS, SWAPS_SHORT = 100, 10
WATCHER_LIMIT_SECONDS = 12
CONFIGURATION_STATUS = 78


def served(address: tuple[str, int]) -> bytes:
    """The certificate that a new client is shown."""
    return ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(address, timeout=10))


def put(source: Path, target: Path) -> None:
    """Renamed over, as certbot and Kubernetes do: nobody can read half of it."""
    copy = target.with_suffix(".new")
    shutil.copyfile(source, copy)
    os.rename(copy, target)


def certificate_swaps(binary: Path, short: bool, findings: Findings) -> None:
    """Renamed over under load: the next handshake has the new one, no request fails."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pairs = [make_certificate(folder, f"pair-{number}") for number in range(2)]
        ders = [ssl.PEM_cert_to_DER_cert(pair[0].read_text()) for pair in pairs]
        live = folder / "live.pem", folder / "live.key"

        def install(number: int) -> None:
            for source, target in zip(pairs[number], live):
                put(source, target)

        install(0)
        with Program(binary, *ADMIN, "--tls-listen", "127.0.0.1:0", "--tls-certificate",
                     str(live[0]), "--tls-key", str(live[1])) as program:
            address = program.listener("listening on https")
            with Load(address, clients=8, is_tls=True, renew_after=20) as load:
                count, fresh = SWAPS_SHORT if short else SWAPS, 0
                for turn in range(1, count + 1):
                    install(turn % 2)
                    program.signal(signal.SIGHUP)
                    fresh += wait_until(lambda: served(address) == ders[turn % 2])
                findings.require(fresh == count, "a new certificate was not served")
                install((count + 1) % 2)  # nobody says so
                noticed = wait_until(lambda: served(address) == ders[(count + 1) % 2],
                                     WATCHER_LIMIT_SECONDS)
                findings.require(noticed, "a changed file was not noticed without SIGHUP")

                put(pairs[count % 2][1], live[1])  # the key of the other
                findings.require(reload_and_wait(program, REFUSED), "a wrong key was taken")
                findings.require(served(address) == ders[(count + 1) % 2], "the old one is gone")
                report = json.loads(ask(program.admin, "/readyz?verbose").content)
                check = next(one for one in report["checks"] if one["name"] == "reload")
                findings.say(check.get("detail", "no reason"))
                findings.require(str(live[1]) in check.get("detail", "")
                                 or str(live[0]) in check.get("detail", ""), "no file is named")
                findings.require(report["status"] == "ok", "it is not ready any more")
            samples = metrics(program.admin)
            findings.require(any(name.startswith("tls_certificate_not_after") for name in samples),
                             "metrics do not tell when it ends")
        findings.say(f"{fresh} of {count} swaps: {load.tally}")
        findings.require(load.tally.failed == 0 and not load.tally.unconnected, "requests failed")


def moved_certificate(binary: Path, short: bool, findings: Findings) -> None:
    """Files that a reload names are watched from then on."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pairs = [make_certificate(folder, f"pair-{number}") for number in range(3)]
        file, moved = folder / "portolan.json", (folder / "moved.pem", folder / "moved.key")

        def configure(certificate: Path, key: Path) -> None:
            file.write_text(json.dumps({"tls_listen": ["127.0.0.1:0"], "tls_key": [str(key)],
                                        "tls_certificate": [str(certificate)]}))

        def install(number: int) -> bytes:
            for source, target in zip(pairs[number], moved):
                put(source, target)
            return ssl.PEM_cert_to_DER_cert(pairs[number][0].read_text())

        configure(*pairs[0])
        with Program(binary, *ADMIN, "--config", str(file)) as program:
            address = program.listener("listening on https")
            expected = install(1)
            configure(*moved)
            program.signal(signal.SIGHUP)
            findings.require(wait_until(lambda: served(address) == expected), "not moved")
            expected = install(2)
            noticed = wait_until(lambda: served(address) == expected, WATCHER_LIMIT_SECONDS)
            findings.require(noticed, "a change of the new file was not noticed")
            findings.say("the file that a reload named is watched")


def unusable_certificates(binary: Path, short: bool, findings: Findings) -> None:
    """At start each is an error with its file and reason, and exit status 78."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        certificate, key = make_certificate(folder, "good")
        other = make_certificate(folder, "other")
        locked = folder / "locked.key"
        subprocess.run(["openssl", "pkey", "-in", key, "-aes256", "-passout", "pass:portolan",
                        "-out", locked], check=True, capture_output=True)
        empty, garbage = folder / "empty.pem", folder / "garbage.pem"
        empty.touch()
        garbage.write_bytes(os.urandom(300))
        expired = make_expired(folder)
        missing = folder / "missing.pem"
        for reason, pair, culprit in (
                ("missing certificate", (missing, key), missing),
                ("missing key", (certificate, missing), missing),
                ("a directory", (folder, key), folder),
                ("encrypted key", (certificate, locked), locked),
                ("mismatched pair", (certificate, other[1]), other[1]),
                ("expired", expired, expired[0]),
                ("empty certificate", (empty, key), empty),
                ("empty key", (certificate, empty), empty),
                ("no PEM", (garbage, key), garbage)):
            done = subprocess.run(
                [binary, "serve", "--listen", "127.0.0.1:0", "--tls-listen", "127.0.0.1:0",
                 "--tls-certificate", pair[0], "--tls-key", pair[1]],
                stdin=subprocess.DEVNULL, capture_output=True, timeout=20)
            said = done.stderr.decode().strip()
            findings.say(f"{reason}: {done.returncode}, {said.replace(str(folder), '')}")
            findings.require(done.returncode == CONFIGURATION_STATUS,
                             f"{reason}: exit status {done.returncode}")
            findings.require(str(culprit) in said, f"{reason}: the file is not named")


def make_expired(folder: Path) -> tuple[Path, Path]:
    """Made in the past, for a day."""
    pair = folder / "expired.pem", folder / "expired.key"
    subprocess.run(
        ["faketime", "2020-01-01", "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:P-256", "-nodes", "-keyout", pair[1], "-out", pair[0], "-subj",
         "/CN=expired", "-days", "1"], check=True, capture_output=True)
    return pair

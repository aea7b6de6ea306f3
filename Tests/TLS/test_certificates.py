"""Certificates while the program runs, and what it says of them. Those it does not start with, and
swaps under load, are cases of Scripts/operations."""
import calendar
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from Support.wire import ask

from .harness import BINARY, SecureConnection, TLSTestCase, certificates, file, serving, settings

CONFIGURATION_STATUS = 78
NOBODY = 65_534


def end_of(name: str) -> int:
    """Of a certificate, by openssl, in seconds since 1970."""
    said = subprocess.run(
        ["openssl", "x509", "-noout", "-enddate", "-dateopt", "iso_8601", "-in",
         file(f"{name}.crt")], check=True, capture_output=True, text=True).stdout
    return calendar.timegm(time.strptime(said.strip(), "notAfter=%Y-%m-%d %H:%M:%SZ"))


class ReportTests(TLSTestCase):
    names = "one", "wild"

    def test_health_tells_the_days_that_are_left(self):
        report = json.loads(ask(self.program.admin, "/readyz?verbose").content)
        check = next(one for one in report["checks"] if one["name"] == "certificates")
        self.assertEqual(check["status"], "ok")
        for name in self.names:
            # They were made for 30 days, which may have been shorter by a second for a while.
            self.assertRegex(check["detail"], f"{file(name)}.pem: (30|29) days left")

    def test_metrics_tell_the_moment_of_each_end(self):
        """A chain ends with the first of its certificates."""
        page = ask(self.program.admin, "/metrics").content.decode()
        told = dict(re.findall(r'^tls_certificate_not_after_timestamp_seconds'
                               r'{certificate="(.+)"} (\d+)$', page, re.MULTILINE))
        self.assertEqual(told, {file(f"{name}.pem"): str(min(end_of(name), end_of("middle")))
                                for name in self.names})


class ReloadTests(TLSTestCase):
    """A pair that cannot be used is refused with its file and reason; the old one goes on."""
    names = ("live",)

    @classmethod
    def setUpClass(cls):
        cls.install("one.pem", "one.key")
        super().setUpClass()

    @classmethod
    def install(cls, chain: str, key: str):
        folder = certificates()
        for source, target in (chain, "live.pem"), (key, "live.key"):
            (folder / target).unlink(missing_ok=True)
            if source:
                shutil.copyfile(folder / source, folder / target)

    def serial(self) -> str:
        with SecureConnection(self.address, settings()) as client:
            return client.socket.getpeercert()["serialNumber"]

    def reload(self) -> str:
        """What the log says of it."""
        line_count = len(self.program.lines)
        self.program.signal(signal.SIGHUP)
        return self.program.said(r"reload.*|[^ ]* reloaded.*", line_count)[0]

    def test_what_is_wrong_is_refused_and_the_old_goes_on(self):
        before = self.serial()
        for chain, key, culprit, reason in (
                ("", "one.key", "live.pem", "there is no file"),
                ("one.pem", "", "live.key", "there is no file"),
                ("empty.pem", "one.key", "live.pem", "the file is empty"),
                ("garbage.pem", "one.key", "live.pem", "not PEM"),
                ("broken.pem", "one.key", "live.pem", "malformed"),
                ("gap.pem", "one.key", "live.pem", "was not issued by"),
                ("one.pem", "encrypted.key", "live.key", "encrypted"),
                ("one.pem", "wild.key", "live.key", "does not belong to")):
            with self.subTest(reason, chain=chain, key=key):
                self.install(chain, key)
                said = self.reload()
                self.assertIn("refused", said)
                self.assertIn(file(culprit), said)
                self.assertIn(reason, said)
                report = json.loads(ask(self.program.admin, "/readyz?verbose").content)
                self.assertEqual(report["status"], "ok")
                check = next(one for one in report["checks"] if one["name"] == "reload")
                self.assertIn(reason, check["detail"])
                self.assertEqual(self.serial(), before)
        self.install("rsa.pem", "rsa.key")
        self.assertNotIn("refused", self.reload())
        self.assertNotEqual(self.serial(), before)


class StartTests(unittest.TestCase):

    def test_authorities_that_cannot_be_read_end_the_start(self):
        for name, reason in (("nowhere.pem", "there is no file"), ("empty.pem", "empty"),
                             ("garbage.pem", "not PEM"), ("broken.pem", "malformed"),
                             ("one.key", "no certificate")):
            with self.subTest(name):
                done = subprocess.run(
                    [str(BINARY), "serve", "--listen", "127.0.0.1:0", *serving("one"),
                     "--tls-client-ca", file(name)], capture_output=True, text=True, timeout=20)
                self.assertEqual(done.returncode, CONFIGURATION_STATUS, done.stderr)
                self.assertIn(file(name), done.stderr)
                self.assertIn(reason, done.stderr)

    @unittest.skipUnless(os.geteuid() == 0, "only root can become somebody else")
    def test_a_key_of_somebody_else_cannot_be_read(self):
        """Root may read everything, so the program is started as nobody."""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            folder.chmod(0o755)
            for source, mode in ("one.pem", 0o644), ("one.key", 0o600):
                shutil.copyfile(file(source), folder / source)
                (folder / source).chmod(mode)
            binary = folder / "portolan"
            shutil.copy(BINARY, binary)
            done = subprocess.run(
                [binary, "serve", "--listen", "127.0.0.1:0", "--tls-listen", "127.0.0.1:0",
                 "--tls-certificate", folder / "one.pem", "--tls-key", folder / "one.key"],
                user=NOBODY, group=NOBODY, extra_groups=[], capture_output=True, text=True,
                timeout=20)
        self.assertEqual(done.returncode, CONFIGURATION_STATUS, done.stderr)
        self.assertIn(f"{folder}/one.key", done.stderr)
        self.assertRegex(done.stderr, "(?i)permission denied")

    def test_a_listener_without_a_certificate_ends_the_start(self):
        done = subprocess.run([str(BINARY), "serve", "--tls-listen", "127.0.0.1:0"],
                              capture_output=True, text=True, timeout=20)
        self.assertEqual(done.returncode, CONFIGURATION_STATUS, done.stderr)
        self.assertIn("tls_certificate", done.stderr)

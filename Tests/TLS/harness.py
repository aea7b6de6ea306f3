"""The program behind TLS, certificates for it and its clients, and clients that trust them."""
import atexit
import functools
import shutil
import ssl
import subprocess
import tempfile
import unittest
from pathlib import Path

from Support.program import ROOT, Program, find_binary
from Support.wire import Answer, Connection

BINARY = find_binary(".build/debug/portolan")
ADMIN = ("--admin-listen", "127.0.0.1:0")
FIGURES: list[str] = []  # what came of the hostile conversations
V1_2, V1_3 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3


@functools.cache
def certificates() -> Path:
    """The folder of what Tests/TLSTests/make-certificates makes, once per run."""
    folder = Path(tempfile.mkdtemp(prefix="portolan-tls-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    subprocess.run([ROOT / "Tests/TLSTests/make-certificates", folder], check=True,
                   capture_output=True)
    return folder


def file(name: str) -> str:
    return str(certificates() / name)


def serving(*names: str) -> tuple[str, ...]:
    """Arguments for a TLS listener with these certificates."""
    pairs = [("--tls-certificate", file(f"{name}.pem"), "--tls-key", file(f"{name}.key"))
             for name in names]
    return ("--tls-listen", "127.0.0.1:0", *(word for pair in pairs for word in pair))


def settings(lowest=V1_2, highest=V1_3, client: str | None = None) -> ssl.SSLContext:
    """A client's context that trusts the root of the tests and tells an end from a cut."""
    context = ssl.create_default_context(cafile=file("root.crt"))
    context.minimum_version, context.maximum_version = lowest, highest
    context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
    if client:
        context.load_cert_chain(file(f"{client}.crt"), file(f"{client}.key"))
    return context


class SecureConnection(Connection):
    """`Connection` under TLS."""

    def __init__(self, address: tuple[str, int], context: ssl.SSLContext | None = None,
                 name: str = "one.example", session: ssl.SSLSession | None = None):
        super().__init__(address)
        self.socket = (context or settings()).wrap_socket(
            self.socket, server_hostname=name, session=session, suppress_ragged_eofs=False)


class TLSTestCase(unittest.TestCase):
    """Tests of one class talk to one program."""
    names = ("one",)
    program: Program

    @classmethod
    def arguments(cls) -> tuple[str, ...]:
        """Further ones, for `portolan serve`."""
        return ()

    @classmethod
    def setUpClass(cls):
        cls.program = Program(BINARY, *ADMIN, *serving(*cls.names), *cls.arguments())
        cls.addClassCleanup(cls.program.kill)
        cls.address = cls.program.listener("listening on https")

    def connect(self, **options) -> SecureConnection:
        return SecureConnection(self.address, **options)

    def ask(self, **options) -> Answer:
        with self.connect(**options) as connection:
            return connection.ask("/ports/443")

    def curl(self, *options: str, name: str = "one.example") -> subprocess.CompletedProcess:
        """Asks for port 443 of the server called `name`, whose certificate must say so."""
        return subprocess.run(
            ["curl", "--silent", "--show-error", "--include", "--max-time", "10", "--cacert",
             file("root.crt"), "--resolve", f"{name}:{self.address[1]}:{self.address[0]}",
             *options, f"https://{name}:{self.address[1]}/ports/443"],
            capture_output=True, text=True, errors="replace")

    def assert_answered(self, done: subprocess.CompletedProcess):
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(done.stdout.startswith("HTTP/1.1 200 "), done.stdout[:200])

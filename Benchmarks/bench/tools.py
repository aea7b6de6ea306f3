"""What is built or must be there before anything is measured, and what versions it has."""
import re
import shutil
import subprocess
from pathlib import Path

from .process import Failure

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "Benchmarks"
BUILT = FOLDER / ".build"
PORTOLAN = ROOT / ".build/release/portolan"
SEARCH = ROOT / ".build/release/PortolanBenchmarks"
HUMMINGBIRD = FOLDER / "peers/hummingbird-peer"
RELEASE = ["-c", "release", "--static-swift-stdlib"]

# Command: package of Debian.
NEEDED = {"wrk": "wrk", "nginx": "nginx-light", "go": "golang-go", "node": "nodejs",
          "cc": "gcc", "openssl": "openssl", "taskset": "util-linux", "strip": "binutils",
          "strace": "strace"}


def run(command: list[str], **options) -> str:
    """What the command prints; a Failure with all it said if it fails."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    if done.returncode:
        raise Failure(f"{' '.join(map(str, command))} ended with {done.returncode}\n"
                      f"{done.stdout[-4000:]}{done.stderr[-4000:]}")
    return done.stdout


def require_commands() -> None:
    missing = [package for command, package in NEEDED.items() if not shutil.which(command)]
    if missing:
        raise Failure(f"missing: apt-get install {' '.join(missing)}")


def compile_c(source: str, *libraries: str) -> Path:
    path = FOLDER / source
    built = BUILT / path.stem
    run(["cc", "-std=gnu2x", "-D_GNU_SOURCE", "-O2", "-Wall", "-o", built, path, *libraries])
    return built


def build(peers: set[str]) -> None:
    """Everything that `peers` and the load need, as it is shipped."""
    require_commands()
    BUILT.mkdir(exist_ok=True)
    run(["swift", "build", *RELEASE, "--product", "portolan"], cwd=ROOT)
    run(["swift", "build", *RELEASE, "--product", SEARCH.name], cwd=ROOT)
    compile_c("load/connections.c", "-lssl", "-lcrypto")
    compile_c("peers/ceiling/ceiling.c", "-lpthread")
    if "go" in peers:
        run(["go", "build", "-o", BUILT / "go-peer", FOLDER / "peers/go/main.go"])
    if "hummingbird" in peers:
        run(["swift", "build", *RELEASE, "--package-path", HUMMINGBIRD])


def make_certificate() -> None:
    """The one that Portolan and nginx both show: ECDSA over P-256."""
    run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "30", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", BUILT / "key.pem", "-out", BUILT / "certificate.pem"])


def version(command: list[str]) -> str:
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"[0-9]+(\.[0-9]+)+", said.stdout + said.stderr)
    return found[0] if found else "?"


def hummingbird_version() -> str:
    text = (HUMMINGBIRD / "Package.resolved").read_text("utf-8")
    found = dict(re.findall(r'"identity" : "([^"]+)".*?"version" : "([^"]+)"', text, re.DOTALL))
    return f"{found['hummingbird']} on SwiftNIO {found['swift-nio']}"


def versions() -> list[tuple[str, str]]:
    return [
        ("Portolan", version([str(PORTOLAN), "--version"])),
        ("commit", run(["git", "-C", ROOT, "rev-parse", "--short=12", "HEAD"]).strip()),
        ("Swift", version(["swift", "--version"])),
        ("nginx", version(["nginx", "-v"])),
        ("Go", version(["go", "version"])),
        ("Node", version(["node", "--version"])),
        ("Hummingbird", hummingbird_version()),
        ("OpenSSL", version(["openssl", "version"])),
        ("C compiler", version(["cc", "--version"])),
        ("wrk", version(["wrk", "--version"])),
        ("kernel", version(["uname", "-r"])),
    ]

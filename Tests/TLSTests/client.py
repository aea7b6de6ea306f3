"""An independent client for the TLS tests: Python's ssl over sockets that are handed in.

Called as `client.py FOLDER SCRIPT`: FOLDER holds the certificates, SCRIPT is Python that sees what
is defined here. What it says is read by the test; an exception ends it with its name and words.
"""

import socket
import ssl
import sys

FOLDER = sys.argv[1]


def say(*words):
    print(*words, flush=True)


def settings(
    *, lowest=None, highest=None, alpn=(), suites=None, certificate=None, name_is_checked=True
):
    """A client's context that believes the root authority of the tests."""
    context = ssl.create_default_context(cafile=f"{FOLDER}/root.crt")
    context.check_hostname = name_is_checked
    # Some builds of Python take any end for an announced one.
    context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
    if lowest or highest:
        # The library's own floor would hide what the server thinks of an old version.
        context.set_ciphers("DEFAULT@SECLEVEL=0")
        context.minimum_version = lowest or ssl.TLSVersion.TLSv1
        context.maximum_version = highest or ssl.TLSVersion.TLSv1_3
    if suites:
        context.set_ciphers(suites)
    if alpn:
        context.set_alpn_protocols(list(alpn))
    if certificate:
        context.load_cert_chain(f"{FOLDER}/{certificate}.crt", f"{FOLDER}/{certificate}.key")
    return context


def plain(descriptor=0):
    """The socket that was handed in as `descriptor`, without TLS."""
    stream = socket.socket(fileno=descriptor)
    stream.settimeout(20)
    return stream


def connect(descriptor=0, *, name="one.example", session=None, context=None, **options):
    """A connection that has shaken hands over the socket handed in as `descriptor`."""
    context = context or settings(**options)
    return context.wrap_socket(
        plain(descriptor), server_hostname=name, session=session, suppress_ragged_eofs=False
    )


def subject(connection):
    """The common name of the server's certificate."""
    pairs = [pair for group in connection.getpeercert()["subject"] for pair in group]
    return dict(pairs)["commonName"]


def dribble(descriptor=0, *, name="one.example", **options):
    """Shakes hands and asks `ping`, sending one byte at a time; returns the answer."""
    stream = plain(descriptor)
    stream.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
    arrived, leaving = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = settings(**options).wrap_bio(arrived, leaving, server_hostname=name)

    def finish(step):
        while True:
            try:
                return step()
            except ssl.SSLWantReadError:
                flush()
                arrived.write(stream.recv(1))

    def flush():
        for byte in leaving.read():
            stream.send(bytes([byte]))

    finish(tls.do_handshake)
    tls.write(b"ping")
    flush()
    return finish(lambda: tls.read(100))


if __name__ == "__main__":
    try:
        exec(sys.argv[2])
    except Exception as problem:
        say(type(problem).__name__, problem)
        sys.exit(1)

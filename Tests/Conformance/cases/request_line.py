"""The request line, protocol versions, and what stands around a request."""
from ..case import MUST, PAUSE, SHOULD, case
from ..expect import (ANY_STATUS, CLIENT_ERRORS, DROPPED, ERRORS, HAS_CONTENT, answered, get,
                      refused, version)

LONG_TARGET = b"{missing}/" + b"a" * 20_000
LINE_OF_8000 = b"{missing}/" + b"a" * (8_000 - len(b"GET {missing}/ HTTP/1.1"))
TLS_HELLO = bytes.fromhex("16030100c4010000c00303") + bytes(range(33, 97)) + b"\r\n\r\n"
HOST = b"Host: h.test\r\n\r\n"

CASES = [
    case("plain-get", MUST, "9112 §2.2", "a plain GET is answered",
         get(), answered(200, check=version("HTTP/1.1"))),
    case("bytes-one-by-one", MUST, "9112 §2.2", "a request may come in any pieces",
         tuple(bytes([byte]) for byte in get(b"X: y", target=b"/")), answered(ANY_STATUS)),
    case("applied-when-whole", MUST, "9110 §5.3",
         "no answer comes before the whole header section has",
         (get()[:-2], PAUSE, b"If-None-Match: *\r\n\r\n"), answered(304), early_answers={0}),
    case("method-lower-case", MUST, "9110 §9.1", "methods are case-sensitive: get is not GET",
         get(method=b"get"), answered({400, 405, 501}), DROPPED),
    case("method-unknown", SHOULD, "9110 §9.1", "a method that is not recognised gets 501",
         get(method=b"BREW"), answered(501)),
    case("method-too-long", SHOULD, "9112 §3", "a method longer than any known gets 501",
         get(method=b"LONG" * 20), answered(501)),
    case("method-no-token", SHOULD, "9112 §2.2", "a method that is no token gets 400",
         get(method=b"G(T"), refused(400)),
    case("target-too-long", MUST, "9112 §3", "a target that is too long gets 414",
         get(target=LONG_TARGET), answered(414), refused(414)),
    case("line-of-8000", SHOULD, "9112 §3", "a request line of 8,000 octets is supported",
         get(target=LINE_OF_8000), answered(404)),
    case("space-in-target", SHOULD, "9112 §3.2", "a request line with a space too many gets 400",
         get(target=b"{resource} x"), answered({301, 400}), refused(400)),
    case("no-target", SHOULD, "9112 §3.2", "a request line without a target gets 400",
         b"GET HTTP/1.1\r\n" + HOST, answered(400), refused(400)),
    case("no-version", SHOULD, "9112 §2.2", "a request line of HTTP/0.9 gets 400 and the end",
         b"GET {resource}\r\n\r\n", refused(400)),
    case("garbage-line", SHOULD, "9112 §2.2", "what is no HTTP gets 400 and the end",
         b"lorem ipsum\r\n\r\n" + get(), refused(400)),
    case("tls-hello", SHOULD, "9112 §2.2", "TLS to a plain port gets 400 and the end",
         TLS_HELLO, refused(400)),
    case("empty-line-first", SHOULD, "9112 §2.2", "an empty line before a request is ignored",
         b"\r\n" + get(), answered(200)),
    case("empty-line-between", SHOULD, "9112 §2.2", "an empty line between requests is ignored",
         get() + b"\r\n" + get(), answered(200, 200)),

    case("version-1.0", SHOULD, "9110 §6.2", "HTTP/1.0 is answered in the server's own version",
         get(version=b"HTTP/1.0"), answered(200, check=version("HTTP/1.1"))),
    case("version-1.2", SHOULD, "9110 §6.2", "a higher minor version is taken for HTTP/1.1",
         get(version=b"HTTP/1.2"), answered(200, check=version("HTTP/1.1"))),
    case("version-2.0", MUST, "9110 §6.2", "the answer to HTTP/2.0 has a version that is spoken",
         get(version=b"HTTP/2.0"), answered(ANY_STATUS)),
    case("version-2-preface", MUST, "9110 §6.2", "HTTP/2 with prior knowledge is not spoken",
         b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", refused(*CLIENT_ERRORS, 501, 505), DROPPED),
    case("version-says-why", SHOULD, "9110 §15.6.6", "a 505 describes why",
         get(version=b"HTTP/3.0"), answered(505, check=HAS_CONTENT), answered(400)),
    *(case(f"version-{name}", SHOULD, "9112 §2.3", f"the version {written.decode()} gets 400",
           get(version=written), answered({400, 505}), refused(400, 505))
      for name, written in [("lower-case", b"http/1.1"), ("two-digits", b"HTTP/1.10"),
                            ("eleven", b"HTTP/11.1"), ("no-minor", b"HTTP/1"),
                            ("other-name", b"HTTPS/1.1"), ("with-sign", b"HTTP/+1.1"),
                            ("comma", b"HTTP/1,1")]),
    case("two-versions", SHOULD, "9112 §3.2", "a request line with two versions gets 400",
         get(version=b"HTTP/1.1 HTTP/1.1"), answered({301, 400}), refused(400)),

    case("bare-cr-ends-line", MUST, "9112 §2.2", "a CR alone does not end the request line",
         b"GET {resource} HTTP/1.1\rHost: h.test\r\n\r\n", answered(ERRORS), DROPPED),
    case("bare-cr-in-target", MUST, "9112 §2.2", "a CR in the target is invalid or a space",
         get(target=b"/ports\r/443"), answered({301, 400}), refused(400), DROPPED),
    case("bare-cr-in-method", MUST, "9112 §2.2", "a CR in the method is invalid or a space",
         get(method=b"G\rET"), answered(ERRORS), DROPPED),
    case("bare-cr-everywhere", MUST, "9112 §2.2", "a head whose lines end in CR is no head",
         b"GET {resource} HTTP/1.1\rHost: h.test\r\r" + get(), answered(ERRORS), DROPPED),
]

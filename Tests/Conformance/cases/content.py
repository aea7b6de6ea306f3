"""Content-Length and Transfer-Encoding: where a request ends, and what hides behind a doubtful end.

A second request stands in or after the content of the first. It is answered if, and only if, the
framing of the first is beyond doubt.
"""
from ..case import CLOSED, HALF_CLOSE, MUST, PAUSE, SHOULD, case
from ..expect import (ANY_STATUS, CHUNKED, DROPPED, HIDDEN, LAST_CHUNK, ONE_ANSWER,
                      ONE_ANSWER_THEN_CLOSED, answered, chunk, fact, get, length, refused)

# The content was read and the next request answered, or the connection was closed (RFC 9112 §9.3).
READ_OR_CLOSED = (answered(ANY_STATUS, 200), ONE_ANSWER_THEN_CLOSED)
# No answer to the hidden request: refused, or the rest is waited for. DROPPED is a refusal too.
UNANSWERED = (refused(400, 413, 501), DROPPED)
# An incomplete request: dropped, or answered before that showed; a 400 may still say so.
INCOMPLETE = (DROPPED, ONE_ANSWER_THEN_CLOSED, answered(ANY_STATUS, 400, then=CLOSED))
HELLO = chunk(b"hello") + LAST_CHUNK

INVALID_LENGTHS = [
    ("letters", b"abc"), ("negative", b"-1"), ("with-plus", b"+0"), ("hexadecimal", b"0x0"),
    ("fraction", b"0.0"), ("exponent", b"0e0"), ("empty", b""), ("two-values", b"0, 5"),
    ("two-numbers", b"0 0"), ("with-underscore", b"0_0"), ("with-semicolon", b"0;"),
    ("arabic-digit", "٠".encode()), ("quoted", b'"0"'), ("empty-list", b","),
]

# 2^32, 2^63, 2^64 and more: whoever wraps around takes the length for 0.
HUGE_LENGTHS = [("32-bits", 1 << 32), ("64-bits", 1 << 64), ("hundred-digits", 10 ** 99)]

CASES = [
    case("length-content-is-read", MUST, "9112 §9.3", "content is read or the connection closed",
         get(length(b"hello")) + b"hello" + get(), *READ_OR_CLOSED),
    case("length-content-hides", MUST, "9112 §9.3", "content is no request",
         get(length(HIDDEN)) + HIDDEN, ONE_ANSWER),
    case("length-content-in-pieces", MUST, "9112 §9.3", "content may come late and in pieces",
         (get(length(HIDDEN)), PAUSE, HIDDEN[:7], PAUSE, HIDDEN[7:]), ONE_ANSWER),
    case("length-zero", MUST, "9112 §6.3", "a length of 0 is no content",
         get(b"Content-Length: 0") + get(), answered(200, 200)),
    case("length-leading-zeros", MUST, "9110 §8.6", "leading zeros do not change a length",
         get(b"Content-Length: 0005") + b"hello" + get(), *READ_OR_CLOSED),
    case("length-on-head", MUST, "9110 §9.3.2", "content after HEAD is no request",
         get(length(HIDDEN), method=b"HEAD") + HIDDEN, ONE_ANSWER),
    case("length-on-post", MUST, "9112 §9.3", "content of a method that is refused is no request",
         get(length(HIDDEN), method=b"POST") + HIDDEN, ONE_ANSWER),
    case("length-on-options", MUST, "9112 §9.3", "content of OPTIONS is no request",
         get(length(HIDDEN), method=b"OPTIONS") + HIDDEN, ONE_ANSWER),
    case("length-on-unknown-method", MUST, "9112 §6.3", "framing does not depend on the method",
         get(length(HIDDEN), method=b"BREW") + HIDDEN, ONE_ANSWER),
    case("length-on-missing", MUST, "9112 §9.3", "content sent to nothing is no request",
         get(length(HIDDEN), target=b"{missing}") + HIDDEN, ONE_ANSWER),
    case("length-in-1.0", MUST, "9112 §6.3", "content of HTTP/1.0 is no request",
         get(length(HIDDEN), b"Connection: keep-alive", version=b"HTTP/1.0") + HIDDEN, ONE_ANSWER),
    case("length-not-met", MUST, "9112 §6.3", "a request that ends early is incomplete",
         (get(b"Content-Length: 10") + b"hello", HALF_CLOSE),
         *INCOMPLETE),
    case("length-twice-the-same", MUST, "9112 §6.3", "a repeated length is that, or invalid",
         get(length(HIDDEN), length(HIDDEN)) + HIDDEN, ONE_ANSWER, refused(400)),
    case("length-list-the-same", MUST, "9112 §6.3", "a list of one length is that, or invalid",
         get(b"Content-Length: 5, 5") + b"hello" + get(), *READ_OR_CLOSED),
    *(case(f"length-{name}", MUST, "9112 §6.3",
           f"Content-Length: {ascii(value)[2:-1]} is invalid, 400 and the end",
           get(b"Content-Length: " + value) + HIDDEN, refused(400))
      for name, value in INVALID_LENGTHS),
    case("length-twice-different", MUST, "9112 §6.3", "two lengths are invalid, 400 and the end",
         get(b"Content-Length: 0", length(HIDDEN)) + HIDDEN, refused(400)),
    *(case(f"length-{name}", MUST, "9110 §8.6", "a huge length does not overflow",
           get(b"Content-Length: %d" % value) + HIDDEN, ONE_ANSWER, DROPPED)
      for name, value in HUGE_LENGTHS),

    case("chunked", MUST, "9112 §7.1", "chunked content is read or the connection closed",
         get(CHUNKED) + HELLO + get(), *READ_OR_CLOSED),
    case("chunked-hides", MUST, "9112 §7.1", "what is in a chunk is no request",
         get(CHUNKED) + chunk(HIDDEN) + LAST_CHUNK, ONE_ANSWER),
    case("chunked-in-pieces", MUST, "9112 §7.1", "chunks may come in any pieces",
         (get(CHUNKED), PAUSE, b"5", PAUSE, b"\r", PAUSE, b"\nhel", b"lo\r", PAUSE,
          b"\n0\r\n\r", PAUSE, b"\n" + get()), *READ_OR_CLOSED),
    case("chunked-case", MUST, "9112 §7", "coding names know no case",
         get(b"Transfer-Encoding: ChUnKeD") + chunk(HIDDEN) + LAST_CHUNK, ONE_ANSWER),
    case("chunked-on-post", MUST, "9112 §9.3", "chunks of a refused method are no request",
         get(CHUNKED, method=b"POST") + chunk(HIDDEN) + LAST_CHUNK, ONE_ANSWER),
    case("chunked-hex-case", MUST, "9112 §7.1", "chunk sizes know no case",
         get(CHUNKED) + b"A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n" + get(),
         *READ_OR_CLOSED),
    case("chunked-leading-zeros", MUST, "9112 §7.1", "chunk sizes may have leading zeros",
         get(CHUNKED) + b"0005\r\nhello\r\n000\r\n\r\n" + get(), *READ_OR_CLOSED),
    case("chunk-extension", MUST, "9112 §7.1.1", "unknown chunk extensions are ignored",
         get(CHUNKED) + b'5;a;b=c;d="e;f"\r\nhello\r\n0;x\r\n\r\n' + get(), *READ_OR_CLOSED),
    case("trailer-section", MUST, "9112 §7.1.2", "a trailer section belongs to the request",
         get(CHUNKED) + b"5\r\nhello\r\n0\r\nX: y\r\nHost: z\r\n\r\n" + get(), *READ_OR_CLOSED),
    case("trailer-is-no-header", MUST, "9110 §6.5.1", "a trailer is not merged into the header",
         get(CHUNKED) + b"0\r\nIf-None-Match: *\r\n\r\n", answered(ANY_STATUS - {304})),
    case("trailer-length", MUST, "9110 §6.5.1", "a Content-Length in a trailer frames nothing",
         get(CHUNKED) + b"0\r\n" + length(HIDDEN) + b"\r\n\r\n" + HIDDEN,
         answered(ANY_STATUS, 200), ONE_ANSWER_THEN_CLOSED),
    case("chunked-not-ended", MUST, "9112 §6.3", "chunks without the last one are incomplete",
         (get(CHUNKED) + chunk(b"hello"), HALF_CLOSE), *INCOMPLETE),
    *(case(f"chunk-size-{name}", MUST, "9112 §7.1",
           f"a chunk size of {bits} bits does not overflow",
           get(CHUNKED) + b"%x\r\n" % (1 << bits) + b"\r\n" + LAST_CHUNK + HIDDEN,
           ONE_ANSWER, DROPPED)
      for name, bits in [("32-bits", 32), ("64-bits", 64), ("400-bits", 400)]),
    *(case(f"chunk-size-{name}", SHOULD, "9112 §2.2",
           f"the chunk size {ascii(size)[2:-1]} gets 400",
           get(CHUNKED) + size + b"\r\nhello\r\n" + LAST_CHUNK + HIDDEN, *UNANSWERED)
      for name, size in [("with-sign", b"+5"), ("with-0x", b"0x5"), ("with-underscore", b"0_5"),
                         ("of-letters", b"xyz"), ("empty", b""), ("after-space", b" 5")]),
    case("chunk-data-too-long", MUST, "9112 §7.1", "data longer than its chunk size is an error",
         get(CHUNKED) + b"5\r\nhello world\r\n" + LAST_CHUNK + HIDDEN, *INCOMPLETE),
    case("chunk-bare-cr", MUST, "9112 §2.2", "CR alone does not end a chunk's line",
         get(CHUNKED) + b"5\rhello\r\n" + LAST_CHUNK + HIDDEN, *INCOMPLETE),

    case("both", MUST, "9112 §6.1", "after length and chunks together comes the end",
         get(length(b"hello"), CHUNKED) + HELLO + HIDDEN, ONE_ANSWER_THEN_CLOSED),
    case("both-other-order", MUST, "9112 §6.1", "in whichever order they stand",
         get(CHUNKED, length(b"hello")) + HELLO + HIDDEN, ONE_ANSWER_THEN_CLOSED),
    case("both-length-hides", MUST, "9112 §6.1", "what is within the length is no request",
         get(length(LAST_CHUNK + HIDDEN), CHUNKED) + LAST_CHUNK + HIDDEN,
         ONE_ANSWER_THEN_CLOSED),
    case("both-chunks-hide", MUST, "9112 §6.1", "what is within the chunks is no request",
         get(b"Content-Length: 4", CHUNKED) + chunk(HIDDEN) + LAST_CHUNK, ONE_ANSWER_THEN_CLOSED),
    case("coding-in-1.0", MUST, "9112 §6.1", "Transfer-Encoding in HTTP/1.0 brings the end",
         get(CHUNKED, b"Connection: keep-alive", version=b"HTTP/1.0") + HELLO + HIDDEN,
         ONE_ANSWER_THEN_CLOSED),
    case("coding-in-1.0-with-length", MUST, "9112 §6.1", "even beside a Content-Length",
         get(CHUNKED, length(HELLO), b"Connection: keep-alive", version=b"HTTP/1.0")
         + HELLO + HIDDEN, ONE_ANSWER_THEN_CLOSED),
    *(case(f"coding-{name}", MUST, "9112 §6.3",
           f"Transfer-Encoding: {value.decode()}, where chunked is not last, gets 400 and the end",
           get(b"Transfer-Encoding: " + value) + HELLO + HIDDEN, refused(400, 501))
      for name, value in [("not-last", b"chunked, gzip"), ("then-identity", b"chunked, identity"),
                          ("gzip", b"gzip"), ("identity", b"identity"), ("other-name", b"xchunked"),
                          ("quoted", b'"chunked"'), ("with-suffix", b"chunked-x")]),
    *(case(f"coding-{name}", MUST, "9112 §6.3", says,
           get(*lines) + HELLO + HIDDEN, refused(400, 501))
      for name, lines, says in [
          ("with-vertical-tab", (b"Transfer-Encoding: \x0bchunked",), "VT is no white space"),
          ("with-nul", (b"Transfer-Encoding: chunked\0",), "NUL does not end a coding's name"),
          ("in-two-lines", (CHUNKED, b"Transfer-Encoding: identity"), "two lines are one list")]),
    case("coding-twice", MUST, "9112 §6.1", "chunked applied twice hides no request",
         get(b"Transfer-Encoding: chunked, chunked") + HELLO + HIDDEN, refused(400, 501)),
    case("coding-unknown", SHOULD, "9112 §6.1", "a coding that is not understood gets 501",
         get(b"Transfer-Encoding: novel, chunked") + HELLO + HIDDEN, refused(501)),
    case("coding-parameter", SHOULD, "9112 §7.1", "a parameter of chunked is an error",
         get(b"Transfer-Encoding: chunked;q=1") + HELLO + HIDDEN, refused(400, 501)),

    case("no-coding-for-1.0", MUST, "9112 §6.1", "HTTP/1.0 is sent no Transfer-Encoding",
         get(b"Accept-Encoding: gzip", version=b"HTTP/1.0", target=b"{list}"),
         answered(200, check=fact(lambda answer, _: not answer.values("transfer-encoding"),
                                  "a Transfer-Encoding"))),
    case("early-answer-says-close", SHOULD, "9110 §10.1.1",
         "who answers before the content came says whether the connection ends",
         get(b"Content-Length: 1000000"),
         answered(ANY_STATUS, check=fact(lambda answer, _: "close" in answer.members("connection"),
                                         "no Connection: close")),
         answered(ANY_STATUS - {400, 413})),
    case("doubt-closes-once", MUST, "9112 §6.3", "after a refusal not one more request is read",
         get(b"Content-Length: x") + get() * 50, refused(400)),
    case("garbage-after-refusal", MUST, "9112 §6.3", "the refusal arrives though more was sent",
         get(b"Content-Length: x") + b"\xff" * 60_000, answered(400, then=CLOSED)),
]

"""HEAD, OPTIONS, methods that are refused, Expect and Upgrade."""
from ..case import CLOSED, MUST, PAUSE, SHOULD, case
from ..expect import (ANY_STATUS, CHUNKED, CLIENT_ERRORS, HAS_CONTENT, LAST_CHUNK, NO_CONTENT,
                      WHOLE, answered, chunk, fact, get, has, lacks, length, lists, refused)

NOT_ALLOWED = answered(405, check=lists("allow", "get", "head"))
EXPECT = b"Expect: 100-continue"

# Fields that are made afresh, or that speak of the connection.
OF_THE_MOMENT = {"date", "connection", "keep-alive", "server", "x-request-id"}
# What HEAD may leave out, because a server knows it only once it makes the content.
OF_THE_CONTENT = {"content-length", "transfer-encoding"}


def fields_of_get(name: str):
    """The fields of an answer to HEAD are those of the same GET."""
    def lasting(answer):
        return {field for field in answer.fields if field[0] not in OF_THE_MOMENT | OF_THE_CONTENT}
    return fact(lambda answer, context: lasting(answer) == lasting(getattr(context, name)),
                "the fields differ from those of GET")


def length_of_get(name: str):
    return fact(lambda answer, context: answer.field("content-length")
                in (None, str(len(getattr(context, name).content))), "a length that GET has not")


CASES = [
    case("head-no-content", MUST, "9110 §9.3.2", "the answer to HEAD has no content",
         get(method=b"HEAD") + get(), answered(200, 200, check=NO_CONTENT)),
    case("head-length", MUST, "9110 §8.6", "its Content-Length is that of GET",
         get(method=b"HEAD"), answered(200, check=length_of_get("resource"))),
    case("head-fields", SHOULD, "9110 §9.3.2", "its fields are those of GET",
         get(method=b"HEAD"), answered(200, check=fields_of_get("resource"))),
    case("head-list-fields", SHOULD, "9110 §9.3.2", "for a long representation too",
         get(method=b"HEAD", target=b"{list}"), answered(200, check=fields_of_get("list"))),
    case("head-coded-length", MUST, "9110 §8.6", "with a content coding its length is that of GET",
         get(b"Accept-Encoding: gzip", method=b"HEAD", target=b"{list}"),
         answered(200, check=length_of_get("coded")), needs="gzip"),
    case("head-coded-fields", SHOULD, "9110 §9.3.2", "with a content coding its fields are too",
         get(b"Accept-Encoding: gzip", method=b"HEAD", target=b"{list}"),
         answered(200, check=fields_of_get("coded")), needs="gzip"),
    case("head-missing", MUST, "9110 §9.3.2", "the 404 to HEAD has no content",
         get(method=b"HEAD", target=b"{missing}") + get(), answered(404, 200)),
    case("head-not-modified", MUST, "9110 §13.1.2", "HEAD may be conditional",
         get(b"If-None-Match: {etag}", method=b"HEAD"), answered(304)),
    case("head-1.0", MUST, "9110 §9.3.2", "HEAD of HTTP/1.0 has no content",
         get(method=b"HEAD", version=b"HTTP/1.0"), answered(200, then=CLOSED)),

    case("options", SHOULD, "9110 §9.3.7", "OPTIONS succeeds and lists the methods",
         get(method=b"OPTIONS"), answered({200, 204}, check=lists("allow", "get", "head"))),
    case("options-framing", MUST, "9110 §8.6", "a 204 has no Content-Length",
         get(method=b"OPTIONS"), answered(204, check=lacks("content-length")),
         answered(ANY_STATUS - {204})),
    case("options-coding", MUST, "9112 §6.1", "a 204 has no Transfer-Encoding",
         get(method=b"OPTIONS"), answered(204, check=lacks("transfer-encoding")),
         answered(ANY_STATUS - {204})),
    case("options-conditional", MUST, "9110 §13.2.1", "preconditions on OPTIONS are ignored",
         get(b"If-None-Match: *", b'If-Match: "x"', method=b"OPTIONS"),
         answered(ANY_STATUS - {304, 412})),

    *(case(f"allow-on-{method.lower()}", MUST, "9110 §15.5.6",
           f"a 405 to {method} lists what is allowed",
           get(method=method.encode()), NOT_ALLOWED, answered(ANY_STATUS - {405}))
      for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE")),
    *(case(f"refuses-{method.lower()}", SHOULD, "9110 §9.1",
           f"{method}, known but not allowed here, gets 405",
           get(method=method.encode()), answered(405))
      for method in ("POST", "PUT", "DELETE")),
    case("post-changes-nothing", MUST, "9110 §15.5.6", "after a refused POST all is as before",
         get(length(b"hello"), b"Content-Type: text/plain", method=b"POST") + b"hello" + get(),
         answered(CLIENT_ERRORS | {501}, 200, check=fact(
             lambda answer, context: answer.content == context.resource.content, "it changed", 1)),
         refused(*CLIENT_ERRORS, 501)),
    case("405-has-content", SHOULD, "9110 §15.5", "a 405 explains itself",
         get(method=b"POST"), answered({405, 501}, check=HAS_CONTENT)),
    case("404-has-content", SHOULD, "9110 §15.5", "a 404 explains itself",
         get(target=b"{missing}"), answered(404, check=HAS_CONTENT)),
    case("501-has-content", SHOULD, "9110 §15.6", "a 501 explains itself",
         get(method=b"BREW"), answered({400, 405, 501}, check=HAS_CONTENT)),
    case("trace-reflects-no-secret", SHOULD, "9110 §9.3.8", "TRACE gives no credentials back",
         get(b"Authorization: Basic c2VjcmV0", method=b"TRACE"),
         answered(ANY_STATUS, check=fact(lambda answer, _: b"c2VjcmV0" not in answer.content,
                                         "they came back"))),

    case("expect-answered-at-once", MUST, "9110 §10.1.1",
         "100-continue is answered before the content comes",
         (get(EXPECT, b"Content-Length: 5"), PAUSE, b"hello"),
         answered(ANY_STATUS), early_answers={1, 2}),
    case("expect-on-refused-method", MUST, "9110 §10.1.1", "whatever the method",
         (get(EXPECT, b"Content-Length: 5", method=b"POST"), PAUSE, b"hello"),
         answered(ANY_STATUS), early_answers={1, 2}),
    case("expect-then-final", MUST, "9110 §10.1.1", "after 100 comes a final answer",
         (get(EXPECT, CHUNKED), PAUSE, chunk(b"hello") + LAST_CHUNK), answered(ANY_STATUS)),
    case("expect-hides", MUST, "9112 §9.3", "content that was expected is no request",
         (get(EXPECT, length(get())), PAUSE, get()), answered(ANY_STATUS)),
    case("expect-1.0", MUST, "9110 §10.1.1", "100-continue in HTTP/1.0 is ignored",
         get(EXPECT, length(b"hello"), version=b"HTTP/1.0") + b"hello",
         answered(ANY_STATUS - {417}), interim={0}),
    case("expect-case", MUST, "9110 §10.1.1", "expectations know no case",
         get(b"Expect: 100-CONTINUE"), answered(200)),
    case("expect-without-content", MUST, "9110 §10.1.1", "without content it changes nothing",
         get(EXPECT), answered(200, check=WHOLE)),
    case("expect-unknown", SHOULD, "9110 §10.1.1", "another expectation gets 417 or is ignored",
         get(b"Expect: wonders"), answered({200, 417})),

    case("upgrade-1.0", MUST, "9110 §7.8", "Upgrade in HTTP/1.0 is ignored",
         get(b"Upgrade: h2c", b"Connection: upgrade", version=b"HTTP/1.0"),
         answered(200, check=WHOLE), interim={0}),
    case("upgrade-unknown", MUST, "9110 §7.8", "nothing is switched to that was not offered",
         get(b"Upgrade: novel/9", b"Connection: upgrade"), answered(200, check=WHOLE),
         interim={0}),
    case("upgrade-without-option", MUST, "9110 §7.6.1", "Upgrade counts for nothing by itself",
         get(b"Upgrade: websocket"), answered(200, check=WHOLE), interim={0}),
    case("no-interim-for-1.0", MUST, "9110 §15.2", "HTTP/1.0 is sent no 1xx",
         (get(EXPECT, b"Content-Length: 5", version=b"HTTP/1.0"), PAUSE, b"hello"),
         answered(ANY_STATUS), interim={0}),
    case("redirect-location", SHOULD, "9110 §15.4.9", "a 308 says where to",
         get(target=b"{moved}"), answered(308, check=has("location")), needs="redirect"),
]

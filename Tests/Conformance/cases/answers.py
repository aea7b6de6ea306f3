"""Negotiation, and the fields of every answer."""
import gzip
from datetime import datetime, timedelta, timezone

from ..case import MUST, SHOULD, case
from ..expect import (DATE_IS_FIXDATE, IMF_FIXDATE, LENGTH_IS_RIGHT,
                      NO_REPEATED_SINGLETON, ONE_FRAMING, TAG_IS_WELL_FORMED, UNCODED, answered,
                      date_of, fact, get, has, lists, omits)

NOW_TOLERANCE = timedelta(seconds=5)
LIST = b"{list}"


def accept(value: bytes, target: bytes = b"{resource}") -> bytes:
    return get(b"Accept: " + value, target=target)


def coding(value: bytes) -> bytes:
    return get(b"Accept-Encoding: " + value, target=LIST)


def media_type(name: str):
    return has("content-type", "^" + name)


def decodes(answer, context) -> bool:
    return (answer.field("content-encoding") == "gzip"
            and gzip.decompress(answer.content) == context.list.content)


GZIPPED = fact(decodes, "no gzip of the same content")
GZIPPED_OR_PLAIN = fact(
    lambda answer, context: answer.content == context.list.content or decodes(answer, context),
    "neither the content nor its gzip")
LISTED = answered(200, check=UNCODED)

# One request for each class of answers.
OF_EACH_CLASS = [
    ("200", get(), 200), ("304", get(b"If-None-Match: {etag}"), 304),
    ("404", get(target=b"{missing}"), 404), ("405", get(method=b"DELETE"), {405, 501}),
    ("400", get(host=b""), 400), ("412", get(b'If-Match: "x"'), {200, 412}),
]

CASES = [
    case("gzip", MUST, "9110 §8.4", "a coding that is applied is named",
         coding(b"gzip"), answered(200, check=GZIPPED_OR_PLAIN)),
    case("gzip-applied", SHOULD, "9110 §12.5.3", "gzip is used where it is asked for",
         coding(b"gzip"), answered(200, check=GZIPPED), needs="gzip"),
    case("gzip-case", MUST, "9110 §8.4.1", "coding names know no case",
         coding(b"GZIP;q=0"), LISTED),
    *(case(f"coding-{name}", MUST, "9110 §12.5.3", says, coding(value), LISTED)
      for name, value, says in [
          ("refused", b"gzip;q=0", "a weight of 0 refuses a coding"),
          ("refused-long", b"gzip;q=0.000", "however it is written"),
          ("all-refused", b"*;q=0", "* with 0 refuses every coding"),
          ("refused-beside-all", b"*, gzip;q=0", "a coding's own weight wins over that of *"),
          ("empty", b"", "an empty value wants no coding")]),
    case("coding-unknown", SHOULD, "9110 §12.5.3", "for unknown codings there is none",
         coding(b"novel, unheard-of;q=0.5"), LISTED),
    case("coding-spaces", MUST, "9110 §12.4.2", "white space around a weight is allowed",
         coding(b"gzip ; q=0"), LISTED),
    case("identity-not-named", SHOULD, "9110 §8.4", "identity is no coding to name",
         coding(b"identity"), answered(200, check=omits("content-encoding", "identity"))),
    case("tags-of-codings", MUST, "9110 §8.8.3", "codings do not share a strong tag",
         coding(b"gzip"), answered(200, check=fact(
             lambda answer, context: not answer.values("content-encoding")
             or not answer.values("etag") or answer.field("etag").startswith("W/")
             or answer.field("etag") != context.list.field("etag"), "they do"))),
    case("vary-coding", SHOULD, "9110 §12.5.5", "what depends on Accept-Encoding says so",
         coding(b"gzip"), answered(200, check=lists("vary", "accept-encoding")), needs="gzip"),
    case("vary-coding-unused", SHOULD, "9110 §12.5.5", "the uncoded form says so too",
         get(target=LIST), answered(200, check=lists("vary", "accept-encoding")), needs="gzip"),
    case("vary-accept", SHOULD, "9110 §12.5.5", "what depends on Accept says so",
         get(), answered(200, check=lists("vary", "accept")), needs="media types"),
    *(case(f"accept-{name}", SHOULD, section, says, accept(value),
           answered(200, check=media_type(result)), needs="media types")
      for name, section, value, result, says in [
          ("any", "9110 §12.5.1", b"*/*", "application/json", "*/* gets the default"),
          ("named", "9110 §12.5.1", b"text/plain", "text/plain", "a type that is named is sent"),
          ("case", "9110 §8.3.1", b"TEXT/PLAIN", "text/plain", "media types know no case"),
          ("subtypes", "9110 §12.5.1", b"text/*;q=0.5, application/json;q=0.1", "text/",
           "text/* means its subtypes"),
          ("weights", "9110 §12.4.2", b"application/json;q=0.5, text/csv", "text/csv",
           "the greater weight wins"),
          ("order", "9110 §12.5.1", b"text/csv;q=0.2, text/plain;q=0.9, */*;q=0.1", "text/plain",
           "wherever it stands"),
          ("refused", "9110 §12.4.2", b"application/json;q=0, text/plain;q=0.1", "text/plain",
           "a weight of 0 refuses"),
          ("specific", "9110 §12.5.1", b"*/*, application/json;q=0, text/*;q=0.1, text/csv",
           "text/csv", "the more specific range decides"),
          ("weight-not-last", "9110 §12.5.1", b"application/json;q=0.1;v=1, text/csv;q=0.9",
           "text/csv", "a parameter q is the weight wherever it stands")]),
    case("accept-unknown", SHOULD, "9110 §12.4.1", "nothing acceptable gets 406 or the default",
         accept(b"application/novel"), answered({200, 406})),
    case("accept-malformed", SHOULD, "9110 §2.3", "a malformed Accept does no harm",
         accept(b";;q=,/,*"), answered({200, 400, 406})),

    *(case(f"date-{name}", MUST, "9110 §6.6.1", f"a {name} has a Date, in its one format",
           sent, answered(status, check=DATE_IS_FIXDATE))
      for name, sent, status in OF_EACH_CLASS),
    case("date-is-now", SHOULD, "9110 §6.6.1", "Date is the time of the answer",
         get(), answered(200, check=fact(
             lambda answer, _: abs(date_of(answer, "date") - datetime.now(timezone.utc))
             < NOW_TOLERANCE, "it is not"))),
    case("last-modified", SHOULD, "9110 §8.8.2.1", "a Last-Modified is sent",
         get(), answered(200, check=has("last-modified"))),
    case("last-modified-format", MUST, "9110 §5.6.7", "in the one format",
         get(), answered(200, check=fact(
             lambda answer, _: not answer.values("last-modified")
             or IMF_FIXDATE.match(answer.field("last-modified")), "it is in another"))),
    case("last-modified-past", MUST, "9110 §8.8.2.1", "Last-Modified is not later than Date",
         get(), answered(200, check=fact(
             lambda answer, _: not answer.values("last-modified")
             or date_of(answer, "last-modified") <= date_of(answer, "date"), "it is"))),
    case("etag", SHOULD, "9110 §8.8.3.1", "an ETag is sent",
         get(), answered(200, check=has("etag"))),
    case("etag-format", MUST, "9110 §8.8.3", "an ETag is well-formed",
         get(), answered(200, check=TAG_IS_WELL_FORMED)),
    case("etag-stable", MUST, "9110 §8.8.1", "the same content has the same tag",
         get() + get(), answered(200, 200, check=lambda answers, _: None
                                 if answers[0].field("etag") == answers[1].field("etag")
                                 else "the tags differ")),
    case("content-type", SHOULD, "9110 §8.3", "content has a Content-Type",
         get(), answered(200, check=has("content-type", "/"))),
    case("content-length", SHOULD, "9110 §8.6", "content of known size has a Content-Length",
         get(), answered(200, check=has("content-length"))),
    *(case(f"framing-{name}", MUST, "9112 §6.2",
           f"a {name} has one framing, with the right length",
           sent, answered(status, check=(ONE_FRAMING, LENGTH_IS_RIGHT)))
      for name, sent, status in OF_EACH_CLASS if name != "304"),
    *(case(f"no-repeats-{name}", MUST, "9110 §5.3", f"a {name} repeats no singular field",
           sent, answered(status, check=NO_REPEATED_SINGLETON))
      for name, sent, status in OF_EACH_CLASS),
    case("server-short", SHOULD, "9110 §10.2.4", "Server tells no needless detail",
         get(), answered(200, check=fact(
             lambda answer, _: (answer.field("server") or "").count("/") <= 1
             and len(answer.field("server") or "") < 40, "it does"))),
    case("authorization-ignored", MUST, "9110 §11.4", "credentials nobody asked for do no harm",
         get(b"Authorization: Basic eDp5", b"Cookie: a=b"), answered({200})),
]

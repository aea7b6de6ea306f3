"""Conditional requests and ranges."""
from datetime import datetime, timezone

from ..case import MUST, SHOULD, case
from ..expect import (DATE_IS_FIXDATE, NO_CONTENT, WHOLE, answered, fact, get, has, lacks,
                      same_as_get)

MATCH, NONE_MATCH = b"If-Match: {etag}", b"If-None-Match: {etag}"
OTHER_MATCH, OTHER_NONE_MATCH = b'If-Match: "x"', b'If-None-Match: "x"'
SINCE, UNMODIFIED = b"If-Modified-Since: ", b"If-Unmodified-Since: "
MODIFIED = b"{modified}"
LONG_AGO = b"Sun, 06 Nov 1994 08:49:37 GMT"
LONG_AGO_850 = b"Sunday, 06-Nov-94 08:49:37 GMT"
LONG_AGO_ASCTIME = b"Sun Nov  6 08:49:37 1994"


def years_from_now(count: int) -> bytes:
    """The first of January so many years on, in the format whose year has two digits."""
    day = datetime(datetime.now(timezone.utc).year + count, 1, 1)
    return f"{day:%A, %d-%b-%y} 00:00:00 GMT".encode("ascii")


FULL = answered(200, check=WHOLE)
NOT_MODIFIED, FAILED = answered(304), answered(412)

CASES = [
    case("none-match", MUST, "9110 §13.1.2", "the current tag gets 304", get(NONE_MATCH),
         NOT_MODIFIED),
    case("none-match-other", MUST, "9110 §13.1.2", "another tag gets 200", get(OTHER_NONE_MATCH),
         FULL),
    case("none-match-list", MUST, "9110 §13.1.2", "one of several tags gets 304",
         get(b'If-None-Match: "x", {etag} ,W/"y"'), NOT_MODIFIED),
    case("none-match-comma", MUST, "9110 §8.8.3", "a tag may hold a comma and a space",
         get(b'If-None-Match: "x, y", {etag}'), NOT_MODIFIED),
    case("none-match-any", MUST, "9110 §13.1.2", "* gets 304", get(b"If-None-Match: *"),
         NOT_MODIFIED),
    case("none-match-weak", MUST, "9110 §13.1.2", "the comparison is weak",
         get(b"If-None-Match: W/{opaque}"), NOT_MODIFIED),
    case("none-match-part", MUST, "9110 §8.8.3.2", "part of a tag is another tag",
         get(b"If-None-Match: {part}"), FULL),
    case("none-match-empty-tag", MUST, "9110 §8.8.3.2", "the empty tag is another tag",
         get(b'If-None-Match: ""'), FULL),
    case("none-match-malformed", SHOULD, "9110 §8.8.3", "a tag without quotes matches nothing",
         get(b"If-None-Match: {unquoted}"), answered({200, 400})),
    case("none-match-on-missing", MUST, "9110 §13.2.1", "what is not there stays 404",
         get(b"If-None-Match: *", target=b"{missing}"), answered(404)),
    case("none-match-on-post", MUST, "9110 §13.2.1", "a refused method stays refused",
         get(b"If-None-Match: *", method=b"POST"), answered({405, 501})),

    case("since-same", SHOULD, "9110 §13.1.3", "unchanged since its date gets 304",
         get(SINCE + MODIFIED), NOT_MODIFIED),
    case("since-now", SHOULD, "9110 §13.1.3", "unchanged since now gets 304",
         get(SINCE + b"{now}"), NOT_MODIFIED),
    case("since-long-ago", MUST, "9110 §13.1.3", "changed since long ago gets 200",
         get(SINCE + LONG_AGO), FULL),
    case("since-beside-none-match", MUST, "9110 §13.1.3", "beside If-None-Match it is ignored",
         get(OTHER_NONE_MATCH, SINCE + MODIFIED), FULL),
    case("since-beside-match-of-tag", MUST, "9110 §13.1.3", "whatever it says",
         get(NONE_MATCH, SINCE + LONG_AGO), NOT_MODIFIED),
    *(case(f"since-{name}", MUST, "9110 §13.1.3", says, get(*lines), FULL)
      for name, says, lines in [
          ("invalid", "what is no date is ignored", (SINCE + b"yesterday",)),
          ("empty", "an empty value is ignored", (SINCE.rstrip(),)),
          ("number", "a number is no date", (SINCE + b"1893456000",)),
          ("impossible", "31 February is no date", (SINCE + b"Sat, 31 Feb 2099 00:00:00 GMT",)),
          ("list", "two dates in a list are ignored", (SINCE + MODIFIED + b", " + MODIFIED,)),
          ("twice", "two lines are ignored", (SINCE + MODIFIED, SINCE + MODIFIED))]),
    case("since-on-post", MUST, "9110 §13.1.3", "it is for GET and HEAD alone",
         get(SINCE + MODIFIED, method=b"POST"), answered({405, 501})),
    case("since-on-missing", MUST, "9110 §13.2.1", "what is not there stays 404",
         get(SINCE + MODIFIED, target=b"{missing}"), answered(404)),
    case("since-on-head", SHOULD, "9110 §13.1.3", "HEAD gets 304 as well",
         get(SINCE + MODIFIED, method=b"HEAD"), NOT_MODIFIED),
    case("date-rfc850", MUST, "9110 §5.6.7", "the RFC 850 format is understood",
         get(SINCE + b"{modified-850}"), NOT_MODIFIED),
    case("date-asctime", MUST, "9110 §5.6.7", "the asctime format is understood",
         get(SINCE + b"{modified-asctime}"), NOT_MODIFIED),
    case("date-rfc850-past", MUST, "9110 §5.6.7", "two digits mean the past beyond 50 years",
         get(SINCE + years_from_now(60)), FULL),
    case("date-rfc850-future", MUST, "9110 §5.6.7", "and the future within",
         get(UNMODIFIED + years_from_now(40)), FULL),

    case("match", MUST, "9110 §13.1.1", "the current tag gets 200", get(MATCH), FULL),
    case("match-any", MUST, "9110 §13.1.1", "* gets 200", get(b"If-Match: *"), FULL),
    case("match-list", MUST, "9110 §13.1.1", "one of several tags gets 200",
         get(b'If-Match: "x", {etag}'), FULL),
    case("match-other", MUST, "9110 §13.1.1", "another tag gets 412", get(OTHER_MATCH), FAILED),
    case("match-weak", MUST, "9110 §13.1.1", "the comparison is strong",
         get(b"If-Match: W/{opaque}"), FAILED),
    case("match-on-missing", MUST, "9110 §13.2.1", "what is not there stays 404",
         get(OTHER_MATCH, target=b"{missing}"), answered(404)),
    case("unmodified-same", MUST, "9110 §13.1.4", "unchanged since its date gets 200",
         get(UNMODIFIED + MODIFIED), FULL),
    case("unmodified-long-ago", MUST, "9110 §13.1.4", "changed since long ago gets 412",
         get(UNMODIFIED + LONG_AGO), FAILED),
    case("unmodified-rfc850", MUST, "9110 §5.6.7", "in the RFC 850 format too",
         get(UNMODIFIED + LONG_AGO_850), FAILED),
    case("unmodified-asctime", MUST, "9110 §5.6.7", "in the asctime format too",
         get(UNMODIFIED + LONG_AGO_ASCTIME), FAILED),
    case("unmodified-beside-match", MUST, "9110 §13.1.4", "beside If-Match it is ignored",
         get(MATCH, UNMODIFIED + LONG_AGO), FULL),
    case("unmodified-invalid", MUST, "9110 §13.1.4", "what is no date is ignored",
         get(UNMODIFIED + b"yesterday"), FULL),
    case("unmodified-list", MUST, "9110 §13.1.4", "two dates are ignored",
         get(UNMODIFIED + LONG_AGO + b", " + LONG_AGO), FULL),

    case("order-match-first", MUST, "9110 §13.2.2", "If-Match is evaluated first",
         get(OTHER_MATCH, NONE_MATCH), FAILED),
    case("order-match-then-none", MUST, "9110 §13.2.2", "then If-None-Match",
         get(MATCH, NONE_MATCH), NOT_MODIFIED),
    case("order-unmodified-first", MUST, "9110 §13.2.2", "If-Unmodified-Since stands in its place",
         get(UNMODIFIED + LONG_AGO, NONE_MATCH), FAILED),
    case("order-unmodified-then-none", MUST, "9110 §13.2.2", "and lets If-None-Match follow",
         get(UNMODIFIED + MODIFIED, NONE_MATCH), NOT_MODIFIED),

    case("304-no-content", MUST, "9110 §15.4.5", "a 304 has no content, the next answer follows",
         get(NONE_MATCH) + get(), answered(304, 200, check=NO_CONTENT)),
    *(case(f"304-{name}", MUST, "9110 §15.4.5", f"a 304 has the {name} of 200",
           get(NONE_MATCH), answered(304, check=same_as_get(name)))
      for name in ("etag", "cache-control", "vary", "expires", "content-location")),
    case("304-date", MUST, "9110 §15.4.5", "a 304 has a Date", get(NONE_MATCH),
         answered(304, check=DATE_IS_FIXDATE)),
    case("304-length", MUST, "9110 §8.6", "a Content-Length in 304 is that of 200",
         get(NONE_MATCH), answered(304, check=fact(
             lambda answer, context: answer.field("content-length")
             in (None, str(len(context.resource.content))), "it is another"))),
    case("304-metadata", SHOULD, "9110 §15.4.5", "a 304 describes no content", get(NONE_MATCH),
         answered(304, check=lacks("content-type", "content-encoding", "content-language"))),
    case("412-has-content", SHOULD, "9110 §15.5", "a 412 explains itself", get(OTHER_MATCH),
         answered(412, check=fact(lambda answer, _: answer.content, "no content"))),

    case("range-unknown-unit", MUST, "9110 §14.2", "a range in an unknown unit is ignored",
         get(b"Range: lines=1-2"), FULL),
    case("range-on-head", MUST, "9110 §14.2", "a range on HEAD is ignored",
         get(b"Range: bytes=0-1", method=b"HEAD"), answered(200)),
    case("range-on-post", MUST, "9110 §14.2", "a range on POST is ignored",
         get(b"Range: bytes=0-1", method=b"POST"), answered({405, 501})),
    case("range", MUST, "9110 §15.3.7.1", "a range is ignored, or sent with its place",
         get(b"Range: bytes=0-1"), FULL, answered(206, check=has("content-range"))),
    case("range-overflow", MUST, "9110 §14.1.2", "huge positions do not overflow",
         get(b"Range: bytes=0-18446744073709551617"), FULL, answered({206, 416})),
    case("range-malformed", MUST, "9110 §14.2", "a malformed range is ignored or refused",
         get(b"Range: bytes=9-1,x"), FULL, answered({400, 416})),
    case("range-if-changed", MUST, "9110 §13.1.5", "a false If-Range gives the whole",
         get(b"Range: bytes=0-1", b'If-Range: "x"'), FULL),
    case("range-if-weak", MUST, "9110 §13.1.5", "If-Range compares strongly",
         get(b"Range: bytes=0-1", b"If-Range: W/{opaque}"), FULL),
    case("range-if-alone", MUST, "9110 §13.1.5", "If-Range without Range is ignored",
         get(b'If-Range: "x"'), FULL),
    case("content-range-on-get", MUST, "9110 §14.4", "Content-Range on GET is ignored",
         get(b"Content-Range: bytes 0-1/2"), FULL),
]

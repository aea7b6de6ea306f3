"""Whether the connection goes on, and the order of answers on it."""
from ..case import CLOSED, HALF_CLOSE, KEPT, MUST, PAUSE, SHOULD, case
from ..expect import (ANY_STATUS, answered, fact, get, lists, refused)

KEEP_ALIVE = b"Connection: keep-alive"
CLOSE = b"Connection: close"


def in_order(*roles: str):
    """The content of each answer is that of the path which was asked at its place."""
    def check(answers, context):
        known = {"resource": context.resource.content, "list": context.list.content}
        for index, role in enumerate(roles):
            is_known = [name for name, content in known.items()
                        if answers[index].content == content]
            if (role in known) != (is_known == [role]):
                return f"answer {index} is not the one to {role}"
        return None
    return check


CASES = [
    case("1.1-persists", SHOULD, "9112 §9.3", "HTTP/1.1 goes on by default",
         get(), answered(200, then=KEPT)),
    case("1.0-ends", MUST, "9112 §9.3", "HTTP/1.0 ends by default",
         get(version=b"HTTP/1.0"), answered(200, then=CLOSED)),
    case("1.0-reads-no-further", MUST, "9112 §9.3", "and nothing after it is answered",
         get(version=b"HTTP/1.0") + get(), answered(200, then=CLOSED)),
    case("1.0-keep-alive", SHOULD, "9112 §9.3", "HTTP/1.0 goes on if asked to",
         get(KEEP_ALIVE, version=b"HTTP/1.0"),
         answered(200, then=KEPT, check=lists("connection", "keep-alive"))),
    case("1.0-both-options", MUST, "9112 §9.3", "close wins over keep-alive in HTTP/1.0",
         get(b"Connection: keep-alive, close", version=b"HTTP/1.0"), answered(200, then=CLOSED)),
    case("close", MUST, "9112 §9.6", "the connection ends after close",
         get(CLOSE), answered(200, then=CLOSED)),
    case("close-said", SHOULD, "9112 §9.6", "the last answer says close",
         get(CLOSE), answered(200, check=lists("connection", "close"))),
    case("close-said-1.0", SHOULD, "9112 §9.6", "so does the answer to HTTP/1.0",
         get(version=b"HTTP/1.0"), answered(200, check=lists("connection", "close"))),
    case("close-said-on-refusal", SHOULD, "9112 §9.6", "so does a refusal that ends it",
         get(b"Content-Length: x"), answered(400, then=CLOSED, check=lists("connection", "close"))),
    case("close-reads-no-further", MUST, "9112 §9.6", "no request after close is processed",
         get(CLOSE) + get() * 3, answered(200, then=CLOSED)),
    case("close-case", MUST, "9110 §7.6.1", "connection options know no case",
         get(b"Connection: CLOSE"), answered(200, then=CLOSED)),
    case("close-in-list", MUST, "9110 §7.6.1", "close may be one option of several",
         get(b"Connection: foo ,\tclose, bar"), answered(200, then=CLOSED)),
    case("close-in-second-line", MUST, "9110 §7.6.1", "or stand in a line of its own",
         get(KEEP_ALIVE, CLOSE), answered(200, then=CLOSED)),
    case("close-as-part", SHOULD, "9110 §7.6.1", "closed is another option than close",
         get(b"Connection: closed, not-close"), answered(200, then=KEPT)),
    case("close-on-head", MUST, "9112 §9.6", "close counts on HEAD",
         get(CLOSE, method=b"HEAD"), answered(200, then=CLOSED)),
    case("close-on-304", MUST, "9112 §9.6", "close counts where the answer is 304",
         get(CLOSE, b"If-None-Match: {etag}"), answered(304, then=CLOSED)),
    case("close-on-404", MUST, "9112 §9.6", "close counts where the answer is 404",
         get(CLOSE, target=b"{missing}") + get(), answered(404, then=CLOSED)),
    case("said-close-means-close", MUST, "9112 §9.6", "a server that says close does close",
         get(method=b"DELETE") + get(),
         answered(ANY_STATUS, then=CLOSED, check=lists("connection", "close")),
         answered(ANY_STATUS, 200, check=fact(
             lambda answer, _: "close" not in answer.members("connection"), "close was said"))),
    *(case(f"persists-after-{name}", SHOULD, "9112 §9.3", f"the connection outlives {says}",
           sent, answered(status, then=KEPT))
      for name, says, sent, status in [
          ("404", "a 404", get(target=b"{missing}"), 404),
          ("304", "a 304", get(b"If-None-Match: {etag}"), 304),
          ("412", "a 412", get(b'If-Match: "x"'), {200, 412}),
          ("head", "HEAD", get(method=b"HEAD"), 200),
          ("options", "OPTIONS", get(method=b"OPTIONS"), {200, 204}),
          ("405", "a refused method", get(method=b"PUT"), {405, 501})]),

    case("pipeline-of-3", MUST, "9112 §9.3.2", "answers come in the order of the requests",
         get() + get(target=b"{list}") + get(target=b"{missing}"),
         answered(200, 200, 404, then=KEPT, check=in_order("resource", "list", "missing"))),
    case("pipeline-of-60", MUST, "9112 §9.3.2", "however many there are",
         (get() + get(target=b"{missing}") + get(target=b"{list}")) * 20,
         answered(*(200, 404, 200) * 20, check=in_order(*("resource", "missing", "list") * 20))),
    case("pipeline-mixed", MUST, "9112 §9.3.2", "HEAD, 304 and 404 in between lose no order",
         get(method=b"HEAD") + get(b"If-None-Match: {etag}") + get(target=b"{missing}")
         + get(target=b"{list}", method=b"HEAD") + get(),
         answered(200, 304, 404, 200, 200, check=fact(
             lambda answer, context: answer.content == context.resource.content,
             "the last answer is another", 4)), heads={0, 3}),
    case("pipeline-cut", MUST, "9112 §9.3.2", "a request may come in two pieces after another",
         (get() + get()[:20], PAUSE, get()[20:] + get()), answered(200, 200, 200),
         early_answers={1}),
    case("pipeline-up-to-refusal", MUST, "9112 §9.3.2", "what precedes a refusal is answered",
         get() + get() + get(b"Content-Length: x") + get(), answered(200, 200, 400, then=CLOSED)),
    case("pipeline-up-to-close", MUST, "9112 §9.6", "what precedes close is answered",
         get() + get(target=b"{missing}") + get(CLOSE) + get(),
         answered(200, 404, 200, then=CLOSED)),
    case("half-close", SHOULD, "9112 §9.6", "who has sent everything still gets every answer",
         (get() + get(target=b"{list}") + get(CLOSE), HALF_CLOSE),
         answered(200, 200, 200, then=CLOSED)),
    case("half-close-alone", SHOULD, "9112 §9.5", "a closure signal on an idle connection ends it",
         (get(), PAUSE, HALF_CLOSE), answered(200, then=CLOSED)),
    case("half-close-in-head", SHOULD, "9112 §9.5", "a head that never ends is dropped",
         (get()[:-4], HALF_CLOSE), answered({400, 408}, then=CLOSED),
         refused(400, 408), answered(then=CLOSED)),
]

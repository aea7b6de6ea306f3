"""What is refused, and how it is said: RFC 9457."""
import json

from .harness import ProgramTestCase

INVALID = "invalid-parameter"
DIGITS = "9" * 400

# target: status, kind, the parameter at fault
BAD_REQUESTS = {
    "/ports/65536": (400, INVALID, "port"),
    "/ports/-1": (400, INVALID, "port"),
    "/ports/+443": (400, INVALID, "port"),
    "/ports/0443": (400, INVALID, "port"),
    "/ports/0x50": (400, INVALID, "port"),
    "/ports/443abc": (400, INVALID, "port"),
    "/ports/4.43": (400, INVALID, "port"),
    "/ports/%20443": (400, INVALID, "port"),
    "/ports/99999999999999999999": (400, INVALID, "port"),
    f"/ports/{DIGITS}": (400, INVALID, "port"),
    "/ports/443/icmp": (400, INVALID, "transport"),
    "/ports/443?transport=icmp": (400, INVALID, "transport"),
    "/ports?limit=0": (400, INVALID, "limit"),
    "/ports?limit=-1": (400, INVALID, "limit"),
    "/ports?limit=abc": (400, INVALID, "limit"),
    "/ports?limit=": (400, INVALID, "limit"),
    f"/ports?limit={DIGITS}": (400, INVALID, "limit"),
    "/ports?first=65536": (400, INVALID, "first"),
    "/ports?last=x": (400, INVALID, "last"),
    "/ports?transport=icmp": (400, INVALID, "transport"),
    "/ports?range=low": (400, INVALID, "range"),
    "/ports?status=free": (400, INVALID, "status"),
    "/ports?source=rumour": (400, INVALID, "source"),
    "/ports?official=maybe": (400, INVALID, "official"),
    "/ports?facets=maybe": (400, INVALID, "facets"),
    "/ports?format=xml": (400, INVALID, "format"),
    "/ports?port=22,,80": (400, INVALID, "port"),
    "/ports?port=": (400, INVALID, "port"),
    "/free-ranges?size=0": (400, INVALID, "size"),
    "/free-ranges?size=x": (400, INVALID, "size"),
    "/ports?qq=ssh": (400, "unknown-parameter", "qq"),
    "/ports/443?q=ssh": (400, "unknown-parameter", "q"),
    "/ranges?page=2": (400, "unknown-parameter", "page"),
    "/ports?port=22&q=ssh": (400, ("unknown-parameter", INVALID), None),
    "/ports?q=ssh&q=telnet": (400, INVALID, "q"),
    "/ports?limit=1&limit=1": (400, INVALID, "limit"),
    "/ports?q=%": (400, (INVALID, "malformed-request"), None),
    "/ports?q=%4": (400, (INVALID, "malformed-request"), None),
    "/ports?q=%zz": (400, (INVALID, "malformed-request"), None),
    "/ports?q=%FF": (400, (INVALID, "malformed-request"), None),
    "/ports?q=%C0%AF": (400, (INVALID, "malformed-request"), None),
    "/ports?q=%ED%A0%80": (400, (INVALID, "malformed-request"), None),
    "/nowhere": (404, "unknown-path", None),
    "/Ports/443": (404, "unknown-path", None),
    "/ports/": (404, "unknown-path", None),
    "/ports/443/": (404, "unknown-path", None),
    "/ports/443/tcp/x": (404, "unknown-path", None),
    "/ranges/": (404, "unknown-path", None),
    "/ranges/low": (404, "unknown-path", None),
    "/services/no-such-thing": (404, "unknown-service", None),
    "//ports/443": (404, "unknown-path", None),
    "/ports/../ranges": (404, ("unknown-path", INVALID), None),
}


class RefusalTests(ProgramTestCase):

    def test_every_bad_target_is_refused_in_the_documented_way(self):
        for target, (status, kind, parameter) in BAD_REQUESTS.items():
            with self.subTest(target[:60]):
                answer = self.ask(target)
                if target == "/ports/../ranges" and answer.status == 400:
                    status = 400
                problem = self.assert_problem(answer, status, kind)
                if parameter:
                    self.assertEqual(problem["errors"][0]["parameter"], parameter)

    def test_a_path_with_NUL_or_CRLF_is_never_reflected(self):
        for target in ("/ports/%00", "/ports/443%0d%0aX:%20y", "/%0d%0aSet-Cookie:a=b"):
            answer = self.ask(target)
            self.assertIn(answer.status, (400, 404))
            self.assertIsNone(answer.field("set-cookie"))
            self.assertIsNone(answer.field("x"))
            json.loads(answer.content)

    def test_other_methods_are_refused_and_the_allowed_ones_named(self):
        for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"):
            answer = self.ask("/ports/443", method=method)
            self.assert_problem(answer, 405, "method-not-allowed")
            self.assertEqual(answer.members("allow"), {"get", "head", "options"})
        self.assert_problem(self.ask("/ports/443", method="BREW"), 501, "method-not-implemented")

    def test_a_version_that_is_not_spoken_is_505(self):
        with self.connect() as connection:
            connection.send(b"GET /ports/443 HTTP/2.0\r\nHost: h\r\n\r\n")
            self.assert_problem(connection.answer(), 505, "version-not-supported")

    def test_a_wrong_tag_is_412(self):
        answer = self.ask("/ports/443", 'If-Match: "x"')
        self.assert_problem(answer, 412, "precondition-failed")

    def test_an_unknown_expectation_is_417(self):
        answer = self.ask("/ports/443", "Expect: wonders")
        self.assert_problem(answer, 417, "expectation-failed")

    def test_HEAD_of_a_refusal_has_its_fields_and_no_content(self):
        whole, head = self.ask("/nowhere"), self.ask("/nowhere", method="HEAD")
        self.assertEqual(head.status, 404)
        self.assertEqual(head.field("content-length"), str(len(whole.content)))

    def test_the_limits_hold_one_below_and_one_above(self):
        line = "GET  HTTP/1.1\r\n"
        for size, status in ((8 * 1024, 404), (8 * 1024 + 1, 414)):
            target = "/" + "a" * (size - len(line) - 1)
            self.assertEqual(self.ask(target).status, status, size)
        for count, status in ((100, 200), (101, 431)):
            fields = [f"X-{number}: y" for number in range(count - 2)]  # Host, Connection
            self.assertEqual(self.ask("/ports/443", *fields).status, status, count)
        head = "GET /ports/443 HTTP/1.1\r\nHost: portolan.test\r\nX: \r\nConnection: close\r\n\r\n"
        for size, status in ((16 * 1024, 200), (16 * 1024 + 1, 431)):
            answer = self.ask("/ports/443", "X: " + "a" * (size - len(head)))
            self.assertEqual(answer.status, status, size)

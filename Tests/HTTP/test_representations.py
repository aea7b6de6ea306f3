"""Fields, codings, validators, formats and what browsers need."""
import csv
import gzip
import io
import re
import subprocess
import unittest
from email.utils import parsedate_to_datetime
from shutil import which

from .harness import CACHE_CONTROL, GZIP_FLOOR_BYTES, ProgramTestCase

DATA = ("/ports", "/ports/443", "/ports/4", "/ports/443/tcp", "/ports?q=ssh", "/ports?port=22,80",
        "/services/https", "/ranges", "/ranges/user", "/free-ranges", "/map")
LARGE = ("/ports?q=server", "/ranges", "/ports?limit=1000", "/ports?port=22,80,443,8080")
COLUMNS = ["port", "last", "transports", "service", "name", "official", "sources"]
STRONG_TAG = re.compile(r'"[\x21\x23-\x7e]+"\Z')
EXPOSED = {"etag", "link"}


class FieldTests(ProgramTestCase):

    def test_every_data_answer_has_the_documented_fields(self):
        for target in DATA:
            answer = self.ask(target)
            self.assertEqual(answer.status, 200, target)
            self.assertRegex(answer.field("etag"), STRONG_TAG)
            self.assertEqual(answer.field("cache-control"), CACHE_CONTROL)
            self.assertEqual(answer.members("vary"), {"accept", "accept-encoding"})
            self.assertEqual(answer.field("access-control-allow-origin"), "*")
            self.assertLessEqual(EXPOSED, answer.members("access-control-expose-headers"))
            self.assertEqual(answer.field("x-content-type-options"), "nosniff")
            self.assertEqual(answer.field("content-length"), str(len(answer.content)))
            parsedate_to_datetime(answer.field("last-modified"))

    def test_HEAD_has_the_fields_of_GET_and_no_content(self):
        for target in (*DATA, "/", "/healthz", "/openapi.yaml", "/nowhere"):
            for fields in ((), ("Accept-Encoding: gzip",), ("Accept: text/plain",)):
                whole = self.ask(target, *fields)
                head = self.ask(target, *fields, method="HEAD")
                self.assertEqual(head.status, whole.status)
                self.assertEqual(self.lasting(head), self.lasting(whole), (target, fields))

    @staticmethod
    def lasting(answer):
        return [field for field in answer.fields if field[0] not in ("date", "x-request-id")]

    def test_an_unchanged_representation_is_304_with_the_fields_that_matter(self):
        for target in DATA:
            for fields in ((), ("Accept-Encoding: gzip",), ("Accept: text/csv",)):
                whole = self.ask(target, *fields)
                answer = self.ask(target, *fields, f"If-None-Match: {whole.field('etag')}")
                self.assertEqual(answer.status, 304, (target, fields))
                for name in ("etag", "cache-control", "vary", "access-control-allow-origin"):
                    self.assertEqual(answer.field(name), whole.field(name), (target, name))
                self.assertIsNone(answer.field("content-type"))

    def test_the_date_alone_gives_304_too(self):
        whole = self.ask("/ports/443")
        since = f"If-Modified-Since: {whole.field('last-modified')}"
        self.assertEqual(self.ask("/ports/443", since).status, 304)

    def test_a_restart_changes_no_tag(self):
        before = [self.ask(target).field("etag") for target in DATA]
        self.assertNotIn(None, before)
        self.program.kill()
        type(self).setUpClass()
        self.assertEqual([self.ask(target).field("etag") for target in DATA], before)

    def test_every_representation_has_a_tag_of_its_own(self):
        for target in ("/ports?q=server", "/ranges"):
            tags, representations = set(), set()
            for media in ("application/json", "text/plain", "text/csv", "text/html"):
                for coding in ("identity", "gzip"):
                    answer = self.ask(target, f"Accept: {media}", f"Accept-Encoding: {coding}")
                    tags.add(answer.field("etag"))
                    # Short content is the same whether or not gzip was asked for.
                    representations.add((media, answer.field("content-encoding")))
            self.assertEqual(len(tags), len(representations), target)

    def test_a_page_of_another_origin_may_ask(self):
        answer = self.ask("/ports/443", "Origin: https://example.org",
                          "Access-Control-Request-Method: GET", method="OPTIONS")
        self.assertEqual(answer.status, 204)
        self.assertEqual(answer.field("access-control-allow-origin"), "*")
        self.assertIn("get", answer.members("access-control-allow-methods"))
        self.assertEqual(answer.members("allow"), {"get", "head", "options"})
        self.assertIsNone(answer.field("access-control-allow-credentials"))


class CodingTests(ProgramTestCase):

    def test_gzip_holds_the_same_content_and_is_smaller(self):
        for target in LARGE:
            plain = self.ask(target)
            coded = self.ask(target, "Accept-Encoding: gzip")
            self.assertGreaterEqual(len(plain.content), GZIP_FLOOR_BYTES)
            self.assertEqual(coded.field("content-encoding"), "gzip", target)
            self.assertEqual(gzip.decompress(coded.content), plain.content, target)
            self.assertLess(len(coded.content), len(plain.content))

    def test_small_content_is_never_coded(self):
        for port in (4, 22, 443, 60_000):
            plain = self.ask(f"/ports/{port}")
            if len(plain.content) < GZIP_FLOOR_BYTES:
                coded = self.ask(f"/ports/{port}", "Accept-Encoding: gzip")
                self.assertIsNone(coded.field("content-encoding"))
                self.assertEqual(coded.content, plain.content)

    def test_the_coded_form_is_the_same_each_time(self):
        for target in LARGE:
            forms = {self.ask(target, "Accept-Encoding: gzip").field("etag") for _ in range(5)}
            self.assertEqual(len(forms), 1, target)
            self.assertNotIn(None, forms)


class FormatTests(ProgramTestCase):

    def test_each_format_can_be_asked_by_field_and_by_parameter(self):
        for media, name in (("application/json", "json"), ("text/plain", "text"),
                            ("text/csv", "csv"), ("text/html", "html")):
            by_field = self.ask("/ports?q=ssh", f"Accept: {media}")
            by_parameter = self.ask(f"/ports?q=ssh&format={name}")
            self.assertTrue(by_field.field("content-type").startswith(media))
            # Links to the next page keep the parameters they were made with.
            same = by_parameter.content.replace(f"&amp;format={name}".encode(), b"")
            self.assertEqual(by_field.content, same, name)

    def test_the_parameter_wins_over_the_field(self):
        answer = self.ask("/ports?q=ssh&format=csv", "Accept: application/json")
        self.assertTrue(answer.field("content-type").startswith("text/csv"))

    def test_JSON_is_sent_on_a_tie_and_when_nothing_fits(self):
        for accept in ("*/*", "text/csv, application/json", "image/png", ""):
            answer = self.ask("/ports?q=ssh", f"Accept: {accept}")
            self.assertEqual(answer.field("content-type"), "application/json", accept)

    def test_the_text_is_a_table_whose_columns_stand_below_each_other(self):
        for target in ("/ports?q=ssh", "/ports?q=server&limit=100", "/ports/443", "/ranges"):
            text = self.ask(target, "Accept: text/plain").content.decode()
            # Beside the table there may be sentences; its own first line is in capitals.
            lines = next(part.splitlines() for part in text.split("\n\n")
                         if part.splitlines()[0].isupper())
            width = max(map(len, lines))
            blank = [all(line.ljust(width)[column] == " " for line in lines)
                     for column in range(width)]
            gutters = re.findall(r"#{2,}", "".join("#" if is_blank else "." for is_blank in blank))
            self.assertGreaterEqual(len(gutters), 2, target)
            self.assertTrue(all(line == line.rstrip() for line in lines), target)

    def test_CSV_has_the_documented_columns_and_the_items_of_JSON(self):
        for target in ("/ports?q=server&limit=200", "/services/https", "/ports?first=6000"):
            content = self.ask(target, "Accept: text/csv").content.decode()
            rows = list(csv.reader(io.StringIO(content, newline="")))
            items = self.get(target)["items"]
            self.assertEqual(rows[0], COLUMNS)
            self.assertEqual([row[0] for row in rows[1:]],
                             [str(item["port"] if item["port"] is not None else "")
                              for item in items])
            self.assertEqual([row[3:5] for row in rows[1:]],
                             [[item["service"] or "", item["name"]] for item in items])

    def test_HTML_escapes_what_was_asked(self):
        answer = self.ask("/ports?q=%3Cscript%3Ealert(1)%3C/script%3E", "Accept: text/html")
        self.assertNotIn(b"<script>alert", answer.content)


@unittest.skipUnless(which("curl"), "curl is missing")
class CurlTests(ProgramTestCase):
    """As people ask on a terminal."""

    def curl(self, *arguments: str) -> str:
        target = f"http://127.0.0.1:{self.program.port}"
        command = ["curl", "--silent", "--show-error", "--fail", "--max-time", "10",
                   *(argument.replace("%URL", target) for argument in arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def test_curl_gets_JSON_that_ends_with_a_line(self):
        self.assertTrue(self.curl("%URL/ports/443").endswith("}\n"))

    def test_curl_decodes_gzip(self):
        self.assertEqual(self.curl("--compressed", "%URL/ranges"), self.curl("%URL/ranges"))

    def test_curl_reuses_the_connection(self):
        said = self.curl("-w", "%{num_connects} ", "-o", "/dev/null", "%URL/ports/1",
                         "-o", "/dev/null", "%URL/ports/2")
        self.assertEqual(said.split(), ["1", "0"])

    def test_curl_follows_the_names_people_use(self):
        self.assertEqual(self.curl("-L", "%URL/ranges/ephemeral"),
                         self.curl("%URL/ranges/dynamic"))

    def test_curl_saves_by_tag(self):
        tag = self.ask("/ports/443").field("etag")
        status = self.curl("-o", "/dev/null", "-w", "%{http_code}",
                           "-H", f"If-None-Match: {tag}", "%URL/ports/443")
        self.assertEqual(status, "304")

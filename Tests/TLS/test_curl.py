"""What curl and openssl see: versions, suites, names, client certificates, HSTS."""
import json
import subprocess
import time

from Support.wire import ask

from .harness import TLSTestCase, certificates, file

REFUSED_BY_CURL = 35, 56  # the handshake failed; in 1.3 the refusal comes after it
UNTRUSTED_BY_CURL = 60
LOG_LIMIT_SECONDS = 10
HSTS_SECONDS = 63_072_000
OLD = "DEFAULT@SECLEVEL=0"
SUITES = {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256",
          "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384",
          "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305"}


class CurlTests(TLSTestCase):
    names = "one", "rsa", "wild", "exact"

    @classmethod
    def arguments(cls):
        cls.log = certificates() / "requested.log"
        return ("--access-log", str(cls.log), "--tls-client-ca", file("clients.crt"),
                "--tls-client-auth", "requested", "--hsts-max-age-seconds", str(HSTS_SECONDS))

    def assert_refused(self, done: subprocess.CompletedProcess):
        self.assertIn(done.returncode, REFUSED_BY_CURL, done.stdout[:200])

    def logged(self, agent: str) -> dict:
        """The line of the request that `agent` made; the log is written behind the answers."""
        deadline = time.monotonic() + LOG_LIMIT_SECONDS
        while time.monotonic() < deadline:
            for line in self.log.read_text().splitlines():
                if (record := json.loads(line)).get("user_agent") == agent:
                    return record
            time.sleep(0.01)
        raise AssertionError(f"no line of {agent}")

    def test_1_2_and_1_3_are_spoken(self):
        for version in "1.2", "1.3":
            with self.subTest(version):
                self.assert_answered(self.curl(f"--tlsv{version}", "--tls-max", version))

    def test_older_versions_are_not(self):
        for version in "1.0", "1.1":
            with self.subTest(version):
                self.assert_refused(self.curl(f"--tlsv{version}", "--tls-max", version,
                                              "--ciphers", OLD))

    def test_the_suites_of_1_2_are_six(self):
        listed = subprocess.run(["openssl", "ciphers", "-s", "-tls1_2", OLD], check=True,
                                capture_output=True, text=True).stdout.strip().split(":")
        self.assertLessEqual(SUITES, set(listed))
        taken = {suite for suite in listed
                 if not self.curl("--tls-max", "1.2", "--ciphers",
                                  f"{suite}:@SECLEVEL=0").returncode}
        self.assertEqual(taken, SUITES)

    def test_the_groups_that_are_spoken_are_logged(self):
        """X25519MLKEM768 is among them where the library is OpenSSL 3.5."""
        groups = self.program.said(r"TLS groups ([\w:]+)")[1].split(":")
        self.assertEqual(groups[-3:], ["X25519", "prime256v1", "secp384r1"])
        self.assertIn(groups[:-3], ([], ["X25519MLKEM768"]))
        for group in groups:
            with self.subTest(group):
                self.assert_answered(self.curl("--curves", group))
        self.assert_refused(self.curl("--curves", "secp521r1"))

    def test_http_2_is_not_chosen(self):
        self.assert_answered(self.curl("--http2"))

    def test_each_name_has_its_certificate(self):
        for name in ("one.example", "ONE-too.example", "any.wild.example", "exact.wild.example"):
            with self.subTest(name):
                self.assert_answered(self.curl(name=name))

    def test_an_unknown_name_gets_the_first_certificate(self):
        self.assertEqual(self.curl(name="two.example").returncode, UNTRUSTED_BY_CURL)
        done = self.curl("--insecure", "--verbose", name="two.example")
        self.assert_answered(done)
        self.assertIn("CN=one.example", done.stderr)

    def test_a_client_may_show_its_certificate_and_is_logged(self):
        shown = "--cert", file("client.crt"), "--key", file("client.key")
        for version in "1.2", "1.3":
            with self.subTest(version):
                agent = f"known {version}"
                self.assert_answered(self.curl("--tls-max", version, "-A", agent, *shown))
                self.assertEqual(self.logged(agent)["user"], r"CN=Ada\, of the fleet,O=Fleet")

    def test_a_client_that_shows_none_is_answered(self):
        self.assert_answered(self.curl("-A", "unknown"))
        self.assertNotIn("user", self.logged("unknown"))

    def test_a_certificate_of_strangers_is_refused_even_so(self):
        shown = "--cert", file("stranger.crt"), "--key", file("stranger.key")
        for version in "1.2", "1.3":
            with self.subTest(version):
                self.assert_refused(self.curl("--tls-max", version, *shown))

    def test_hsts_is_sent_under_tls_only(self):
        line = f"Strict-Transport-Security: max-age={HSTS_SECONDS}\n"
        self.assertIn(line, self.curl().stdout)
        plain = ask(self.program.address, "/ports/443")
        self.assertEqual((plain.status, plain.field("strict-transport-security")), (200, None))

    def test_openssl_finds_nothing_that_may_not_be(self):
        for version, expected in (
                ("-tls1_2", ("Secure Renegotiation IS supported", "Compression: NONE",
                             "Extended master secret: yes")),
                ("-tls1_3", ("Compression: NONE", "Max Early Data: 0"))):
            host, port = self.address
            said = subprocess.run(
                ["openssl", "s_client", "-connect", f"{host}:{port}", version, "-ign_eof"],
                input="GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                capture_output=True, text=True, timeout=20).stdout
            for words in expected:
                with self.subTest(version, words=words):
                    self.assertIn(words, said)


class RequiredTests(TLSTestCase):
    """--tls-client-ca alone."""

    @classmethod
    def arguments(cls):
        return "--tls-client-ca", file("clients.crt")

    def test_only_clients_that_are_known_are_answered(self):
        known = "--cert", file("client.crt"), "--key", file("client.key")
        stranger = "--cert", file("stranger.crt"), "--key", file("stranger.key")
        for version in "1.2", "1.3":
            with self.subTest(version):
                self.assert_answered(self.curl("--tls-max", version, *known))
                for shown in (), stranger:
                    done = self.curl("--tls-max", version, *shown)
                    self.assertIn(done.returncode, REFUSED_BY_CURL, done.stdout[:200])


class ModernTests(TLSTestCase):

    @classmethod
    def arguments(cls):
        return ("--tls-modern",)

    def test_1_3_is_all_that_is_spoken(self):
        self.assert_answered(self.curl())
        self.assertIn(self.curl("--tls-max", "1.2").returncode, REFUSED_BY_CURL)

    def test_no_hsts_unless_it_is_asked_for(self):
        self.assertNotIn("strict-transport-security", self.curl().stdout.lower())

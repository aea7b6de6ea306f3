"""check-config and print-config: what an operator is told before the service is started."""
import json
import subprocess
from pathlib import Path

from Support.program import NotStarted, Program
from Support.wire import ask

from .harness import BAD_DATA, BINARY, CONFIGURATION, FOUND, CommandTestCase

HEADER = "port,last,transports,service,name,owner,environments,link,note\n"
CLASH = HEADER + "10400,,tcp,ledger,Ledger,,,,\n443,,tcp,gate,Gate,,,,\n"


class CheckConfig(CommandTestCase):
    def certificate(self, name: str) -> tuple[Path, Path]:
        certificate, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-keyout", key, "-out", certificate, "-subj", f"/CN={name}", "-days", "2"],
            check=True, capture_output=True)
        return certificate, key

    def tls(self, certificate: object, key: object) -> tuple[object, ...]:
        return ("--tls-listen", "127.0.0.1:0", "--tls-certificate", certificate, "--tls-key", key)

    def assert_serve_agrees(self, arguments: tuple[object, ...], reason: str):
        with self.assertRaises(NotStarted) as raised:
            Program(BINARY, *map(str, arguments)).kill()
        self.assertIn(reason, str(raised.exception))

    def test_what_is_sound_is_valid(self):
        site = self.file("site.csv", HEADER + "8443,,tcp,ledger,Ledger,,,,\n")
        table = self.import_table("https,443,tcp,A,[Me],[You],2024-01-01,,[RFC1]")
        done = self.run_command("check-config", "--site", site, "--registry", table,
                                *self.tls(*self.certificate("one")))
        self.assert_ends(done, FOUND)
        self.assertEqual(done.text, "the configuration is valid\n")
        self.assertEqual(done.errors, "")

    def test_the_data_is_read(self):
        broken = self.file("broken.tsv", "nothing of a table\n")
        site = self.file("site.csv", HEADER + "1,9,tcp,a,,,,,\n5,,tcp,b,,,,,\n")
        for arguments, reason in (
            (("--registry", broken), f"{broken}, line 1: "),
            (("--site", site), f"{site}, line 3: claims 5, which line 2 has"),
        ):
            with self.subTest(arguments=arguments):
                self.assert_ends(self.run_command("check-config", *arguments), BAD_DATA, reason)
                self.assert_serve_agrees(arguments, reason)

    def test_certificates_and_keys_are_read(self):
        certificate, key = self.certificate("one")
        other = self.certificate("two")[1]
        empty = self.file("empty.pem", "")
        for pair, reason in (
            ((certificate, other), f"{other}"),
            ((empty, key), f"{empty}"),
            ((key, key), f"{key}"),
        ):
            with self.subTest(pair=pair):
                arguments = self.tls(*pair)
                self.assert_ends(self.run_command("check-config", *arguments), CONFIGURATION,
                                 reason)
                self.assert_serve_agrees(arguments, reason)

    def test_every_file_is_complained_of_at_once(self):
        certificate, _ = self.certificate("one")
        other = self.certificate("two")[1]
        broken = self.file("broken.tsv", "nothing of a table\n")
        done = self.run_command("check-config", "--registry", broken, *self.tls(certificate, other))
        self.assert_ends(done, CONFIGURATION, f"{broken}, line 1: ")
        self.assertIn(str(other), done.errors)

    def test_a_clash_with_an_official_assignment_is_a_warning_that_says_which(self):
        site = self.file("site.csv", CLASH)
        done = self.run_command("check-config", "--site", site)
        self.assert_ends(done, FOUND)
        self.assertEqual(done.errors.splitlines(),
                         [f"portolan: warning: {site}, line 3: 'gate' stands on 443/tcp, which is "
                          "assigned to https"])

    def test_a_wrong_setting_is_told_with_its_origin(self):
        file = self.file("portolan.json", '{\n  "wrkers": 1,\n  "log_level": "loud"\n}\n')
        done = self.run_command("check-config", "--config", file)
        self.assert_ends(done, CONFIGURATION, f"wrkers from {file}:2: there is no such setting")
        self.assertIn(f"log_level from {file}:3: 'loud' is none of", done.errors)

    def test_print_config_says_where_each_value_is_from(self):
        file = self.file("portolan.json", '{"workers": 3, "log_level": "error"}')
        done = self.run_command("print-config", "--config", file, "--workers", "2",
                                PORTOLAN_IDLE_TIMEOUT_SECONDS="9")
        self.assert_ends(done, FOUND)
        rows = {name: rest for name, *rest in done.rows}
        self.assertEqual(rows["workers"], ["2", "--workers"])
        self.assertEqual(rows["idle_timeout_seconds"], ["9", "PORTOLAN_IDLE_TIMEOUT_SECONDS"])
        self.assertEqual(rows["log_level"], ["error", f"{file}:1"])
        self.assertEqual(rows["log_format"], ["auto", "default"])


class WarningsOfTheService(CommandTestCase):
    def warnings(self, program: Program) -> list[str]:
        records = [json.loads(line) for line in program.lines if line.startswith("{")]
        return [record["message"] for record in records if record["level"] == "warning"]

    def test_they_are_logged_at_the_start_and_at_a_reload(self):
        site = self.file("site.csv", CLASH)
        with Program(BINARY, "--site", str(site), "--admin-listen", "127.0.0.1:0") as program:
            program.said("443/tcp")
            self.assertEqual(self.warnings(program),
                             [f"{site}, line 3: 'gate' stands on 443/tcp, which is assigned to "
                              "https"])
            self.assertTrue(program.lines[0].startswith("listening on http://"))
            new = self.file("site.new", HEADER + "22,,tcp,door,Door,,,,\n")
            new.rename(site)
            program.said("22/tcp")
            self.assertEqual(self.warnings(program)[1:],
                             [f"{site}, line 2: 'door' stands on 22/tcp, which is assigned to ssh"])

    def test_there_is_an_end_to_them(self):
        lines = "".join(f"{port},,tcp,mine{port},,,,,\n" for port in range(5000, 5300))
        site = self.file("site.csv", HEADER + lines)
        expected = len(self.run_command("check-config", "--site", site).errors.splitlines())
        self.assertGreater(expected, 150)
        with Program(BINARY, "--site", str(site)) as program:
            program.said("more like these")
            warnings = self.warnings(program)
            self.assertEqual(len(warnings), 101)
            self.assertEqual(warnings[-1],
                             f"{expected - 100} more like these; portolan check-config prints all")

    def test_health_says_what_is_loaded_and_in_which_order_it_is_checked(self):
        site = self.file("site.csv", CLASH)
        table = self.import_table("https,443,tcp,A,[Me],[You],2024-01-01,,[RFC1]")
        with Program(BINARY, "--site", str(site), "--registry", str(table), "--admin-listen",
                     "127.0.0.1:0") as program:
            report = json.loads(ask(program.admin, "/readyz?verbose").content)
            alive = json.loads(ask(program.admin, "/livez?verbose").content)
        self.assertEqual([check["name"] for check in report["checks"]],
                         ["registry", "reload", "certificates", "stopping"])
        self.assertRegex(report["checks"][0]["detail"],
                         rf"^[0-9]+ assignments, newest table of 20[0-9]{{2}}(-[0-9]{{2}}){{2}}, "
                         rf"registry {table}, site {site}, 1 warned of$")
        self.assertEqual([check["name"] for check in alive["checks"]], ["registry"])

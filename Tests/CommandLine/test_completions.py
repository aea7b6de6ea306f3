"""Completions and manual, checked by the tools that read them."""
import os
import re
import shutil
import subprocess
import unittest

from Support.program import ROOT

from .harness import BINARY, CommandTestCase

COMMANDS = ("serve", "lookup", "search", "ranges", "free", "import", "diff", "check-config",
            "print-config", "healthcheck")


class Completions(CommandTestCase):
    def setUp(self):
        super().setUp()
        subprocess.run([ROOT / "Scripts/make-completions", self.folder], check=True,
                       capture_output=True, env={**os.environ, "TESTED_BINARY": str(BINARY)})

    def checked(self, *command: str, errors: bool = False) -> str:
        """What it prints, or what it complains of, having ended well."""
        if not shutil.which(command[0]):
            raise unittest.SkipTest(f"there is no {command[0]}")
        done = subprocess.run([command[0], *command[1:]], capture_output=True, text=True,
                              env={**os.environ, "PATH": f"{BINARY.parent}:{os.environ['PATH']}"})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stderr if errors else done.stdout

    def test_bash_reads_it_and_completes(self):
        file = self.folder / "bash/portolan"
        self.checked("bash", "-n", file)
        words = self.checked("bash", "-c", f"""
            . '{file}'
            COMP_WORDS=(portolan se) COMP_CWORD=1 COMP_LINE='portolan se' COMP_POINT=11 COMP_TYPE=9
            _portolan portolan se portolan
            echo "${{COMPREPLY[@]}}" """)
        self.assertIn("search", words.split())

    def test_zsh_reads_it(self):
        self.checked("zsh", "-n", self.folder / "zsh/_portolan")

    def test_fish_reads_it_and_completes(self):
        file = self.folder / "fish/portolan.fish"
        self.checked("fish", "--no-execute", file)
        words = self.checked("fish", "--no-config", "-c",
                             f"source '{file}'; complete -C 'portolan free --range '")
        self.assertEqual({line.split("\t")[0] for line in words.splitlines()},
                         {"system", "user", "dynamic"})

    def test_every_command_is_in_the_manual_and_mandoc_finds_no_fault(self):
        page = self.folder / "man/portolan.1"
        # The manuals that it refers to may not be on this machine; the system is not named in it.
        faults = [line for line in self.checked("mandoc", "-T", "lint", page).splitlines()
                  if "referenced manual not found" not in line]
        self.assertEqual(faults, [])
        self.assertEqual(self.checked("man", "--warnings=all", "--local-file", page, errors=True), "")
        shown = self.checked("mandoc", "-T", "ascii", page)
        for command in COMMANDS:
            self.assertIn(f"portolan {command}", re.sub(".\b", "", shown))

"""Transcripts of a terminal in Markdown: fenced blocks of commands with what they print."""
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

FENCE = re.compile(r"^```(\w*)$")
PROMPT = "$ "
# Stands for lines that are left out, or in a command for what only the reader knows.
LEFT_OUT = "…"


@dataclass
class Command:
    text: str
    line: int
    shown: list[str] = field(default_factory=list)

    @property
    def is_an_example(self) -> bool:
        """Whether it cannot be run as it stands."""
        return LEFT_OUT in self.text


@dataclass
class Block:
    """One fenced block: a language, and where its content begins and ends among the lines."""
    language: str
    first: int
    last: int
    lines: list[str]

    def commands(self) -> list[Command]:
        commands: list[Command] = []
        for number, line in enumerate(self.lines, self.first):
            if line.startswith(PROMPT):
                commands.append(Command(line.removeprefix(PROMPT), number))
            elif commands:
                commands[-1].shown.append(line)
        for command in commands:
            while command.shown and not command.shown[-1]:  # an empty line before the next prompt
                command.shown.pop()
        return commands


def blocks(lines: list[str]) -> Iterator[Block]:
    start = None
    for place, line in enumerate(lines):
        if start is not None and line == "```":
            language = FENCE.match(lines[start])[1]
            yield Block(language, start + 1, place, lines[start + 1:place])
            start = None
        elif start is None and FENCE.match(line):
            start = place


def agrees(shown: list[str], printed: list[str]) -> bool:
    """Whether this was printed, where a line of `…` stands for any lines."""
    if LEFT_OUT not in shown:
        return shown == printed
    before, after = shown[:shown.index(LEFT_OUT)], shown[shown.index(LEFT_OUT) + 1:]
    return (len(printed) >= len(before) + len(after) and printed[:len(before)] == before
            and any(agrees(after, printed[start:])
                    for start in range(len(before), len(printed) + 1)))


def replayed(lines: list[str], run: Callable[[Command], list[str] | None]) -> list[str]:
    """The same text with what its commands print now; `None` leaves a command as it is."""
    result, end = [], 0
    for block in list(blocks(lines)):
        if block.language != "console":
            continue
        result += lines[end:block.first]
        end = block.last
        commands = block.commands()
        is_spaced = "" in block.lines
        for place, command in enumerate(commands):
            printed = run(command)
            if printed is None or agrees(command.shown, printed):
                printed = command.shown
            if place and is_spaced:
                result.append("")
            result += [PROMPT + command.text, *printed]
    return result + lines[end:]

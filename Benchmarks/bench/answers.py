"""What Portolan answers becomes what its peers serve, and is what every peer is checked against."""
import gzip
import json
from pathlib import Path

from .client import Answer, Connection
from .process import Failure
from .scenarios import Scenario

# A peer computes these itself, or they belong to one answer alone.
NOT_SHARED = {"date", "content-length", "content-encoding", "connection", "link", "server"}


class Expected:
    """The answers to all targets of a scenario, captured from Portolan and judged."""

    def __init__(self, scenario: Scenario, port: int):
        self.scenario = scenario
        plain = [(name, value) for name, value in scenario.fields if name != "Accept-Encoding"]
        answers = ask_all(scenario, port, scenario.targets, plain)
        for target, answer in zip(scenario.targets, answers, strict=True):
            judge(target, answer)
        self.bodies = {target: answer.body
                       for target, answer in zip(scenario.targets, answers, strict=True)}
        self.fields = [(name, value) for name, value in answers[0].fields.items()
                       if name not in NOT_SHARED]

    def write(self, folder: Path) -> None:
        """The folder that peers serve from."""
        for target, body in self.bodies.items():
            path = folder / "files" / target.lstrip("/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
        lines = [f"{name}: {value}" for name, value in self.fields]
        (folder / "fields").write_text("\n".join(lines) + "\n")

    def representative(self, port: int) -> bytes:
        """The whole answer of median size, as the load will get it: what the ceiling sends."""
        fields = request_fields(self.scenario, port)
        targets = sorted(self.scenario.targets, key=lambda target: len(self.bodies[target]))
        return ask_once(port, targets[len(targets) // 2], fields, self.scenario.tls).raw

    def check(self, peer: str, port: int, targets: list[str], fields) -> list[Answer]:
        """Asks every target and compares status, length and body."""
        try:
            answers = ask_all(self.scenario, port, targets, fields)
        except (OSError, ValueError) as fault:
            raise Failure(f"{peer}, {self.scenario.name}: {fault}") from fault
        for target, answer in zip(targets, answers, strict=True):
            self.compare(peer, target, answer)
        return answers

    def compare(self, peer: str, target: str, answer: Answer) -> None:
        place = f"{peer}, {self.scenario.name}, {target}"
        if self.scenario.conditional:
            if answer.status != 304 or answer.body:
                raise Failure(f"{place}: {answer.status} where 304 was expected")
            return
        if answer.status != 200:
            raise Failure(f"{place}: {answer.status} {answer.body[:200]!r}")
        is_coded = answer.fields.get("content-encoding") == "gzip"
        body = gzip.decompress(answer.body) if is_coded else answer.body
        if is_coded != self.scenario.is_coded:
            raise Failure(f"{place}: coded is {is_coded}")
        if peer != "ceiling" and body != self.bodies[target]:
            raise Failure(f"{place}: another body, {len(body)} bytes where "
                          f"{len(self.bodies[target])} were expected: {body[:200]!r}")


def ask_all(scenario: Scenario, port: int, targets: list[str], fields) -> list[Answer]:
    if scenario.closes:
        return [ask_once(port, target, fields, scenario.tls) for target in targets]
    with Connection(port, scenario.tls) as connection:
        return list(connection.get_all(targets, fields))


def ask_once(port: int, target: str, fields=(), tls: bool = False) -> Answer:
    with Connection(port, tls) as connection:
        return connection.get(target, fields)


def request_fields(scenario: Scenario, port: int) -> list[tuple[str, str]]:
    """What the load sends beside Host; the entity tag is the server's own."""
    fields = list(scenario.fields)
    if scenario.conditional:
        tag = ask_once(port, scenario.targets[0], fields, scenario.tls).fields.get("etag")
        fields.append(("If-None-Match", tag or '"none"'))
    return fields


def judge(target: str, answer: Answer) -> None:
    """What must hold of Portolan's own answers, without leaning on Portolan."""
    if answer.status != 200:
        raise Failure(f"portolan, {target}: {answer.status} {answer.body[:200]!r}")
    value = json.loads(answer.body)
    if target == "/ranges":
        good = value["total"] == 3
    elif target.startswith("/ports/"):
        good = value["port"] == int(target.removeprefix("/ports/"))
    elif target.startswith("/ports?port="):
        asked = target.removeprefix("/ports?port=").split(",")
        good = [str(item["port"]) for item in value["items"]] == asked
    else:
        good = len(value["items"]) == 20 and value["total"] >= 20
    if not good:
        raise Failure(f"portolan, {target}: not what was asked: {answer.body[:200]!r}")

"""What came out of checking a payload: which topics accept it, which nearly, and what each misses, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NotRequired

from typing_extensions import TypedDict

from asyncapi.schemas.violations.reading import Fault
from asyncapi.schemas.violations.violation import Violation

Verdict = Literal["accepts", "nearly", "rejects", "undecided"]
Form = Literal["envelope", "raw", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Whether one schema admits the payload, None where that could not be decided for the `reason` given.

    `count` is the number of problems in all. `unchecked` names parts of the schema that were not looked at.
    """

    fits: bool | None
    problems: tuple[Violation, ...] = ()
    count: int = 0
    unchecked: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A message on a topic beside the payload.

    `accepted` is what its subscribers say; `sent` what the schema of its publishers says, where that is another
    answer. `form` is what was pasted, `wire` what travels on the topic, both empty where there is no envelope.
    `ignored` are names that the message does not know and lets pass; `weak` means that it knows none of them.
    """

    topic: str
    key: str
    message: str
    name: str
    verdict: Verdict
    accepted: Answer
    sent: Answer | None = None
    form: Form = ""
    wire: Form = ""
    shared: int = 0
    ignored: tuple[str, ...] = ()
    weak: bool = False
    notes: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Return the verdict in words, with what is missing where that is little."""
        return f"{self.topic} {_VERDICTS[self.verdict]}{self.why}"

    @property
    def why(self) -> str:
        """Return what stands between the payload and the topic, from a colon on; empty when nothing does."""
        if self.verdict == "undecided":
            return f": {self.accepted.reason}" if self.accepted.reason else ""
        said = briefly(self.accepted.problems, self.accepted.count) or (self.notes[0] if self.notes else "")
        return f": {said}" if said and self.verdict != "accepts" else ""


_BEARABLE = ("encoding", "mark", "duplicate", "topic")
_VERDICTS = {
    "accepts": "accepts this",
    "nearly": "nearly accepts this",
    "rejects": "does not accept this",
    "undecided": "could not be decided",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PayloadReport:
    """All that is known of a payload. `matches` are ranked, the best first.

    `asked` is the topic that was asked for, `topics` the addresses of those it means. `rejected` counts the
    messages that are no match at all; `unlooked` those that were left out because there was too much to do.
    The other counts are topics, also where only the first of their matches are listed.
    """

    asked: str = ""
    topics: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    readable: bool = True
    matches: tuple[Match, ...] = ()
    accepting: int = 0
    nearly: int = 0
    weak: int = 0
    undecided: int = 0
    rejected: int = 0
    unlooked: int = 0

    @property
    def refusal(self) -> Fault | None:
        """Return the fault for which there is no value to check."""
        return None if self.readable else min(self.faults, key=lambda fault: fault.kind in _BEARABLE, default=None)

    @property
    def summary(self) -> str:
        """Return the whole answer in a sentence."""
        if not self.readable:
            return str(self.refusal or "not JSON")
        spelled = next((fault.message for fault in self.faults if fault.kind in ("encoding", "mark")), "")
        return self._answered() + (f"; but {spelled}" if spelled else "")

    def _answered(self) -> str:
        if self.asked and not self.topics:
            also = f"; did you mean {' or '.join(f'`{name}`' for name in self.near)}?" if self.near else ""
            return f"`{self.asked}` is no topic of this system{also}"
        if self.asked and self.matches:
            return self.matches[0].words
        return self._counted()

    def _counted(self) -> str:
        said = "no topic accepts this" if not self.accepting else f"{_number(self.accepting)} this"
        if self.nearly:
            why = next((match.why for match in self.matches if match.verdict == "nearly"), "")
            said += f", {self.nearly} nearly{why if self.nearly == 1 else ''}"
        said += f"; {self.weak} more without knowing anything in it" if self.weak else ""
        said += f"; {self.undecided} could not be decided" if self.undecided else ""
        return said + (f"; {self.unlooked} were not looked at" if self.unlooked else "")


def _number(count: int) -> str:
    return "1 topic accepts" if count == 1 else f"{count} topics accept"


def briefly(problems: tuple[Violation, ...], count: int) -> str:
    """Return a few problems on one line: what is missing by name, then the others."""
    missing = [f"`{problem.path}`" for problem in problems if problem.rule == "required"]
    others = [
        f"`{problem.path}` {problem.message}" if problem.parts else problem.message
        for problem in problems
        if problem.rule != "required"
    ]
    said = ([f"missing {', '.join(missing[:4])}"] if missing else []) + others[: 1 if missing else 2]
    told = len(missing[:4]) + len(others[: 1 if missing else 2])
    return "; ".join(said) + (f"; {count - told} more" if said and count > told else "")


class FaultData(TypedDict):
    """A fault as JSON data; without line and column where there is none."""

    kind: str
    message: str
    path: str
    line: NotRequired[int]
    column: NotRequired[int]


class ViolationData(TypedDict):
    """A problem as JSON data."""

    path: str
    pointer: str
    rule: str
    message: str
    constraint: str
    expected: str
    found: str
    alternative: str
    hint: str


class AnswerData(TypedDict):
    """An answer as JSON data."""

    fits: bool | None
    count: int
    problems: list[ViolationData]
    unchecked: list[str]
    reason: str


class MatchData(TypedDict):
    """A match as JSON data, with its verdict in words."""

    topic: str
    message: str
    name: str
    verdict: Verdict
    summary: str
    form: Form
    wire: Form
    notes: list[str]
    ignored: list[str]
    weak: bool
    accepted: AnswerData
    sent: AnswerData | None


class ReportData(TypedDict):
    """A report as JSON data, with all of it in a sentence."""

    summary: str
    readable: bool
    asked: str
    topics: list[str]
    near: list[str]
    faults: list[FaultData]
    matches: list[MatchData]
    accepting: int
    nearly: int
    weak: int
    undecided: int
    rejected: int
    unlooked: int


def as_data(report: PayloadReport) -> ReportData:
    """Return a report as JSON data; what was pasted is told in short words only."""
    return {
        "summary": report.summary,
        "readable": report.readable,
        "asked": report.asked,
        "topics": list(report.topics),
        "near": list(report.near),
        "faults": [_fault(fault) for fault in report.faults],
        "matches": [_match(match) for match in report.matches],
        "accepting": report.accepting,
        "nearly": report.nearly,
        "weak": report.weak,
        "undecided": report.undecided,
        "rejected": report.rejected,
        "unlooked": report.unlooked,
    }


def _fault(fault: Fault) -> FaultData:
    told: FaultData = {"kind": fault.kind, "message": fault.message, "path": fault.path}
    return {**told, "line": fault.line, "column": fault.column} if fault.line else told


def _match(match: Match) -> MatchData:
    return {
        "topic": match.topic,
        "message": match.message,
        "name": match.name,
        "verdict": match.verdict,
        "summary": match.words,
        "form": match.form,
        "wire": match.wire,
        "notes": list(match.notes),
        "ignored": list(match.ignored),
        "weak": match.weak,
        "accepted": _answer(match.accepted),
        "sent": _answer(match.sent) if match.sent else None,
    }


def _answer(answer: Answer) -> AnswerData:
    return {
        "fits": answer.fits,
        "count": answer.count,
        "problems": [_problem(problem) for problem in answer.problems],
        "unchecked": list(answer.unchecked),
        "reason": answer.reason,
    }


def _problem(problem: Violation) -> ViolationData:
    return {
        "path": problem.path,
        "pointer": problem.pointer,
        "rule": problem.rule,
        "message": problem.message,
        "constraint": problem.constraint,
        "expected": problem.expected,
        "found": problem.found,
        "alternative": problem.arm,
        "hint": problem.hint,
    }

"""Problems of a reading → a verdict with notes, the order of verdicts, and how many topics have each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from asyncapi.payload.forms import Reading
from asyncapi.payload.report import Answer, Match, PayloadReport, Verdict
from asyncapi.schemas.violations.violation import Violations
from asyncapi.view.registry import Message

MAX_PROBLEMS_OF_NEAR: Final = 3  # with more problems it is rather meant for another topic
_ORDER: tuple[Verdict, ...] = ("accepts", "nearly", "undecided", "rejects")


def told(found: Violations, unchecked: tuple[str, ...]) -> Answer:
    """Return problems as an answer, each said once."""
    problems = tuple({(problem.parts, problem.message): problem for problem in found.problems}.values())
    repeated = len(found.problems) - len(problems)
    return Answer(fits=not found.count, problems=problems, count=found.count - repeated, unchecked=unchecked)


def verdict(reading: Reading, accepted: Answer, wrong_form: bool) -> Verdict:
    """Return the verdict for a message: what its subscribers accept; the wrong wire form counts as one problem."""
    if accepted.fits is None:
        return "undecided"
    if accepted.fits:
        return "nearly" if wrong_form else "accepts"
    return "nearly" if accepted.count + wrong_form <= min(MAX_PROBLEMS_OF_NEAR, reading.shared) else "rejects"


def is_weak(reading: Reading) -> bool:
    """Say whether a message takes a payload of which it knows nothing."""
    if isinstance(reading.value, dict):
        return bool(reading.value) and not reading.shared
    return not any(outline.kinds for outline in reading.outlines)


def opaque(message: Message) -> str:
    """Return why a message without a schema cannot be decided."""
    return f"its payload is described in {message.schema_format}" if message.schema_format else "it has no schema"


def notes(
    reading: Reading, wire: str, accepted: Answer, sent: Answer | None, ignored: tuple[str, ...], mistaken: bool
) -> Iterable[str]:
    """Yield what else is to be known: of the form, of publishers, of names that are ignored."""
    if mistaken:
        yield "this is no envelope: nothing in it holds a model; it was checked as the bare model"
    if reading.form == "raw" and wire == "envelope":
        yield (
            "the bare model fits, but on this topic it travels inside of an envelope"
            if accepted.fits
            else "this was read as the bare model; on this topic it travels inside of an envelope"
        )
    if reading.form == "envelope" and wire == "raw":
        yield f"this topic carries the bare model; of the envelope that was pasted, `{reading.parts[-1]}` was checked"
    if sent is not None and accepted.fits and sent.fits is False:
        yield "subscribers accept this, though publishers do not send it like this"
    if sent is not None and sent.fits and accepted.fits is False:
        yield "publishers may send this, but subscribers refuse it"
    if ignored:
        names = ", ".join(f"`{name[:60]}`" for name in ignored[:6])
        more = f" and {len(ignored) - 6} more" if len(ignored) > 6 else ""
        yield f"not known to this message, and ignored: {names}{more}"


def ranked(matches: list[Match]) -> tuple[Match, ...]:
    """Return matches, the best first: by verdict, then by what of the payload is unknown, wrong and ignored."""
    return tuple(
        sorted(
            matches,
            key=lambda match: (
                _ORDER.index(match.verdict),
                match.weak,
                sum(problem.rule == "additionalProperties" for problem in match.accepted.problems),
                match.accepted.count,
                -match.shared,
                len(match.ignored),
                match.form != match.wire,
            ),
        )
    )


def counted(report: PayloadReport, matches: list[Match]) -> PayloadReport:
    """Return the report with how many topics have each verdict at best."""
    best: dict[str, str] = {}
    for match in ranked(matches):
        best.setdefault(match.key, "weak" if match.weak else match.verdict)
    words = list(best.values())
    return replace(
        report,
        accepting=words.count("accepts"),
        nearly=words.count("nearly"),
        weak=words.count("weak"),
        undecided=words.count("undecided"),
    )

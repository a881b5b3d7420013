"""What the machine sees covers what Python does, on random programs."""

from __future__ import annotations

import os
import random

import pytest
from support import machines
from support.programs import Program

FUZZ = int(os.environ.get("PORTAL_FUZZ", "0"))
BATCH = 50
"""Programs of one test: few enough that a failure is found fast, many enough that tests cost little by themselves."""
BATCHES = 8 * max(FUZZ, 1)


@pytest.mark.fuzz
@pytest.mark.parametrize("batch", range(BATCHES))
def test_what_happens_is_covered(batch: int) -> None:
    """Each value that Python emits, under each choice of inputs, is among those that the machine saw emitted there."""
    first = (random.randrange(10**9) if FUZZ else 0) + batch * BATCH
    wrong = {}
    for seed in range(first, first + BATCH):
        text = Program(seed).write()
        if missed := machines.uncovered(text, seed, 8):
            wrong[seed] = (missed[0], text)
    assert wrong == {}


@pytest.mark.fuzz
def test_most_programs_are_seen_whole() -> None:
    """The machine cuts next to none of the programs and knows most of what they emit: it is not right by shrugging."""
    cut = emitted = unknown = 0
    for seed in range(300):
        seen, machine = machines.by_machine(Program(seed).write())
        cut += bool(machine.cuts)
        values = [value for rows in seen.values() for row in rows for value in row]
        emitted += len(values)
        unknown += sum(machines.is_open(value) for value in values)
    assert (cut <= 3, unknown / emitted <= 0.1) == (True, True)


@pytest.mark.parametrize(
    ("value", "real", "covered"),
    [
        (1, 1, True),
        (1, True, False),
        (1, 2, False),
        ("a", "a", True),
    ],
)
def test_constants_cover_themselves(value: object, real: object, covered: bool) -> None:
    """A constant covers an equal one of its type alone."""
    assert machines.covers(value, real) is covered


@pytest.mark.parametrize(
    ("value", "covered"),
    [
        ("[1, 2]", True),
        ("[1, 2, 3]", False),
        ("[2, 1]", False),
        ("(1, 2)", False),
        ("[1, *([2] if choose(2) else [])]", True),
        ("[1, *([2] if choose(2) else []), *([3] if choose(2) else [])]", True),
        ("[q for q in [0, 1, 2] if choose(2)]", True),
        ("[q for q in [0, 1] if choose(2)]", False),
        ("[1, 2][choose(2):]", True),
        ("[choose(2), 2]", True),
        ("[choose(2)]", False),
        ("choose(2)", False),
        ("f'{choose(2)}'", False),
        ("None if choose(2) else [1, 2]", True),
    ],
)
def test_lists_cover_lists(value: str, covered: bool) -> None:
    """What a list may be is compared in order, with the elements that may be missing left out or not."""
    seen, _ = machines.by_machine(f"from rec import choose, emit\nemit(1, {value})\n")
    assert machines.covers(seen[1][0][0], [1, 2]) is covered

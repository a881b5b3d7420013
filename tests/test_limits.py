"""Limits of decimals, dates, times and durations: held to real Pydantic, text by text and pair by pair."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import AwareDatetime, Base64Bytes, Base64UrlBytes, Field, FutureDate, NaiveDatetime, PastDate, TypeAdapter
from support.contracts import model, write

from asyncapi.schemas.limits import limited, name_of, number_keywords, samples, within
from asyncapi.schemas.meaning import meant
from asyncapi.schemas.prover.answers import Proven, Refuted, Undecided
from asyncapi.schemas.prover.evidence import LazyValidator
from asyncapi.schemas.prover.holding import holds
from asyncapi.schemas.prover.subset import Prover, subset

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
GROUPS: tuple[dict[str, Any], ...] = (
    {
        "decimal, ge 0": Annotated[Decimal, Field(ge=0)],
        "decimal, gt 0": Annotated[Decimal, Field(gt=0)],
        "decimal, lt 100": Annotated[Decimal, Field(lt=100)],
        "decimal, ge 0, le 99": Annotated[Decimal, Field(ge=0, le=99)],
        "decimal, multiple of 0.05": Annotated[Decimal, Field(multiple_of=Decimal("0.05"))],
        "decimal, max digits 4": Annotated[Decimal, Field(max_digits=4)],
        "decimal, decimal places 2": Annotated[Decimal, Field(decimal_places=2)],
        "decimal, max digits 4, decimal places 2": Annotated[Decimal, Field(max_digits=4, decimal_places=2)],
        "decimal, max digits 6, decimal places 2": Annotated[Decimal, Field(max_digits=6, decimal_places=2)],
        "decimal, max digits 6, decimal places 4": Annotated[Decimal, Field(max_digits=6, decimal_places=4)],
        "decimal, ge 0, le 99, decimal places 2": Annotated[Decimal, Field(ge=0, le=99, decimal_places=2)],
    },
    {
        "date": date,
        "date, ge 2020-01-01": Annotated[date, Field(ge=date(2020, 1, 1))],
        "date, gt 2020-01-01": Annotated[date, Field(gt=date(2020, 1, 1))],
        "date, ge 2020-01-01, lt 2030-01-01": Annotated[date, Field(ge=date(2020, 1, 1), lt=date(2030, 1, 1))],
        "date, now past": PastDate,
        "date, now future": FutureDate,
    },
    {
        "Pydantic's date-time": datetime,
        "Pydantic's date-time, offset required": AwareDatetime,
        "Pydantic's date-time, offset forbidden": NaiveDatetime,
        "Pydantic's date-time, ge 2026-06-01T12:00:00Z, offset required": Annotated[AwareDatetime, Field(ge=NOON)],
    },
    {
        "Pydantic's time": time,
        "Pydantic's time, ge 08:00:00, lt 20:00:00": Annotated[time, Field(ge=time(8), lt=time(20))],
    },
    {
        "Pydantic's duration": timedelta,
        "Pydantic's duration, ge PT0S": Annotated[timedelta, Field(ge=timedelta(0))],
        "Pydantic's duration, gt PT0S, le P1D": Annotated[timedelta, Field(gt=timedelta(0), le=timedelta(days=1))],
    },
    {"Pydantic's base64": Base64Bytes},
    {"Pydantic's base64url": Base64UrlBytes},
)
OPEN = {("date, ge 2020-01-01, lt 2030-01-01", "date, now past")}
"""Pairs of which the answer depends on the day on which it is asked."""
FORMS = [(name, TypeAdapter(kind)) for group in GROUPS for name, kind in group.items()]
PAIRS = [pair for group in GROUPS for pair in itertools.product(group, group)]


def _accepts(adapter: TypeAdapter[Any], text: str) -> bool:
    try:
        adapter.validate_json(json.dumps(text))
    except ValueError:
        return False
    return True


@pytest.mark.parametrize(("name", "adapter"), FORMS, ids=[name for name, _ in FORMS])
def test_text_is_judged_as_pydantic_judges_it(name: str, adapter: TypeAdapter[Any]) -> None:
    """Every sample of every limit of its kind is in or out as it is for the type itself; what has both is found."""
    group = next(group for group in GROUPS if name in group)
    form = limited(name)
    assert form is not None
    told = {text: form.admits(text) for text in samples(group)}
    assert {text: _accepts(adapter, text) for text, said in told.items() if said is not None} == {
        text: said for text, said in told.items() if said is not None
    }
    assert True in told.values()


@pytest.mark.parametrize(("inner", "outer"), PAIRS, ids=lambda name: name)
def test_pairs_are_decided_and_true(inner: str, outer: str) -> None:
    """Each kind against each: proven, or refuted by a text that Pydantic takes on one side and not on the other."""
    a, b = ({"type": "string", "format": name} for name in (inner, outer))
    answer = subset(a, b)
    adapters = dict(FORMS)
    if isinstance(answer, Refuted):
        assert _accepts(adapters[inner], answer.example)
        assert not _accepts(adapters[outer], answer.example)
    elif (inner, outer) in OPEN:
        assert isinstance(answer, Undecided)
    else:
        assert answer == Proven()
        assert within(inner, outer)
        group = next(group for group in GROUPS if inner in group)
        assert all(_accepts(adapters[outer], text) for text in samples(group) if _accepts(adapters[inner], text))


DIGITS: list[dict[str, int]] = [{"max_digits": 4}, {"decimal_places": 2}, {"max_digits": 5, "decimal_places": 2}]
NUMBERS = (0, 7, -7, 999, 1000, 9999, -9999, 10000, 99999, 0.5, 0.25, 0.125, 99.99, 999.99, -999.99, 1000.25, 0.0001)


@pytest.mark.parametrize("digits", DIGITS, ids=str)
def test_numbers_are_held_to_the_digits_of_a_decimal(digits: dict[str, int]) -> None:
    """The keywords that stand for digits admit exactly the numbers that Pydantic turns into such a decimal."""
    adapter: TypeAdapter[Any] = TypeAdapter(Annotated[Decimal, Field(**digits)])
    schema = {"type": "number", **number_keywords(digits)}
    term = Prover().read(schema, {})
    for number in NUMBERS:
        expected = _accepts_number(adapter, number)
        assert (number, holds(term, number, lambda one: one)) == (number, expected)
        assert (number, LazyValidator(schema, {}).admits(number)) == (number, expected)


def _accepts_number(adapter: TypeAdapter[Any], number: float) -> bool:
    try:
        adapter.validate_json(json.dumps(number))
    except ValueError:
        return False
    return True


@pytest.mark.parametrize(
    "name",
    [
        "decimal, multiple of 0",
        "decimal, multiple of -1",
        "decimal, max digits 9999",
        "date, ge soon",
        "date, about 2020-01-01",
        "decimal",
        "decimal, max digits x",
        "phone, ge 1",
        "phone",
    ],
)
def test_what_is_no_limit_is_no_format_of_ours(name: str) -> None:
    """A strange limit, or a format that has none, is left to who asks."""
    assert limited(name) is None


@pytest.mark.parametrize("said", [None, [], 7, {"max_digits": "5"}, {"max_digits": 10**9}, {"decimal_places": True}])
def test_faulty_limits_limit_nothing(said: Any) -> None:
    """Documents of strangers may hold anything under the name."""
    assert number_keywords(said) == {}
    assert isinstance(name_of("date", said), str)
    assert meant({"type": "string", "format": "date", "x-limits": said})["type"] == "string"


def test_strange_numbers_are_not_known() -> None:
    """A number far beyond what decimals are divided by is neither in nor out, and nothing is raised."""
    form = limited("decimal, multiple of 0.05")
    assert form is not None
    assert form.admits("1e9999") is None
    schema = {"type": "string", "format": "date, now past"}
    assert LazyValidator(schema, {}).admits("2026-01-01") is None
    assert LazyValidator(schema, {}).admits("2001-01-01") is True


SHIFT = '''"""Shifts."""
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Annotated
from pydantic import AwareDatetime, BaseModel, Field, FutureDate, NaiveDatetime

TOPIC_SHIFT = "shift"


class Shift(BaseModel):
    day: Annotated[date, Field(ge=date(2020, 1, 1))] | None = None
    begins: Annotated[time, Field(lt=time(20))]
    lasts: Annotated[timedelta, Field(gt=timedelta(0), le=timedelta(days=1))]
    booked: Annotated[AwareDatetime, Field(ge=datetime(2020, 1, 1, tzinfo=timezone.utc))]
    noted: NaiveDatetime
    due: FutureDate
    wage: Annotated[Decimal, Field(ge=0, max_digits=8, decimal_places=2)]
    plain: datetime
'''


def test_limits_are_written_into_the_schema(tmp_path: Path) -> None:
    """What Pydantic keeps to itself is in `x-limits`, and a field without limits carries none."""
    shift = model(write(tmp_path, "shifts", SHIFT), "Shift")
    fields = (shift.accepts or shift.payload)["properties"]
    said = {name: [arm.get("x-limits") for arm in field.get("anyOf", [field])] for name, field in fields.items()}
    digits = {"max_digits": 8, "decimal_places": 2}
    assert said == {
        "day": [{"ge": "2020-01-01"}, None],
        "begins": [{"lt": "20:00:00"}],
        "lasts": [{"gt": "PT0S", "le": "P1D"}],
        "booked": [{"ge": "2020-01-01T00:00:00Z", "offset": "required"}],
        "noted": [{"offset": "forbidden"}],
        "due": [{"now": "future"}],
        "wage": [digits, {"ge": "0", **digits}],
        "plain": [None],
    }

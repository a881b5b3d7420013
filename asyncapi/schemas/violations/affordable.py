"""Whether a validator can check a value in time.

One that remembers nothing checks the inside of each alternative anew: unions in unions double the work with each level.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from asyncapi.schemas import Schema

_MOST_WORK: Final = 200_000  # pairs of schema and value; a validator takes some tenths of a second for them


def is_affordable(value: Any, schema: Schema | bool, components: Mapping[str, Any]) -> bool:
    """Say whether a validator is done with a value in a short time; `components` are those of the document."""
    from asyncapi.schemas.violations.explaining import Explaining, Steps, TooInvolvedError
    from asyncapi.schemas.violations.matching import Matching

    try:
        return Explaining(components, Matching(), Steps()).found(schema, value).weight <= _MOST_WORK
    except (TooInvolvedError, RecursionError):
        return False

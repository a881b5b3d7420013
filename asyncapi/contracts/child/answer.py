"""From a request to the answer: import every module of the packages, then look at what they hold."""

from __future__ import annotations

import sys
import types

from .loading import Loader
from .pipe import Channel, Json
from .places import Places
from .reasons import Refusal
from .survey import Survey


def look(request: Json, channel: Channel) -> Json:
    """Import every module of the packages, then report constants, rows, models and schemas in source order."""
    sys.path[:0] = request["paths"]
    if request["root"] not in sys.path:
        sys.path.append(request["root"])
    places = Places(request["root"], request["paths"])
    channel.send("at", "pydantic")
    pydantic = _pydantic()
    from .schemas import Schemas  # with Pydantic, and before anybody's contracts

    sys.dont_write_bytecode = True  # of contracts that change twice in a second, the first would be taken for both
    known = list(sys.path)
    loader = Loader(places, channel)
    packages = [found for name in request["packages"] if (found := loader.load(name))]
    if not loader.modules and loader.refusals:
        raise loader.refusals[0]
    loader.tell_losses()
    channel.send("at", "")
    sys.path += [entry for entry in known if entry not in sys.path]
    loader.modules.sort(key=lambda module: module.file.split("/"))
    survey = Survey(loader, pydantic.BaseModel)
    survey.walk()
    schemas = Schemas(survey, frozenset(request["generics"]))
    models = schemas.models()
    return {
        "python": sys.version.split()[0],
        "pydantic": pydantic.VERSION,
        "executable": sys.executable,
        "path": sys.path,
        "packages": packages,
        "strings": survey.strings,
        "functions": survey.functions,
        "records": survey.rows.records,
        "mappings": survey.rows.mappings,
        "choices": survey.choices,
        "members": survey.members,
        "models": models,
        "definitions": schemas.payload,
        "accepted": schemas.accepted,
        "aliased": schemas.aliased,
        "symbols": schemas.symbols,
        "findings": survey.findings,
    }


def _pydantic() -> types.ModuleType:
    try:
        import pydantic
    except ImportError as error:
        raise Refusal(
            f"{sys.executable} cannot import pydantic: {error}",
            "install the contracts' dependencies there, or name another interpreter with --python or in portal.toml",
        ) from None
    if pydantic.VERSION.startswith("1."):
        raise Refusal(f"{sys.executable} has Pydantic {pydantic.VERSION}; 2.4 or later is needed", "upgrade pydantic")
    return pydantic

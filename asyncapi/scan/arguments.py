"""Command-line options: what `options.name` can be after `add_argument("--name", default=…)`."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from asyncapi.scan.handlers import frame_of
from asyncapi.scan.spots import Spot, calls
from asyncapi.scan.values import Frame, Value, join, unknown

if TYPE_CHECKING:
    from asyncapi.scan.evaluate import Evaluator


def argument(ev: Evaluator, name: str, frame: Frame) -> Value | None:
    """Return the default of a command-line option, looked for in the service's files; None when there is none."""
    flag = name.replace("_", "-")
    found = []
    for module in [frame.scope.module, *(item for item in ev.view.files if item is not frame.scope.module)]:
        if "add_argument" not in module.text or (flag not in module.text and name not in module.text):
            continue
        for spot in calls(module, module.mentions("add_argument"), re.compile("add_argument")):
            if _names(spot, name, flag):
                found.append(_default(ev, spot, name))
        if found:
            break
    return join(found) if found else None


def _names(spot: Spot, name: str, flag: str) -> bool:
    words = [item.value for item in spot.call.args if isinstance(item, ast.Constant)]
    words += [k.value.value for k in spot.call.keywords if k.arg == "dest" and isinstance(k.value, ast.Constant)]
    return bool({f"--{flag}", f"--{name}", name, flag} & {word for word in words if isinstance(word, str)})


def _default(ev: Evaluator, spot: Spot, name: str) -> Value:
    for keyword in spot.call.keywords:
        if keyword.arg == "default":
            return ev.value(keyword.value, frame_of(ev, spot))
    return unknown(name, f"the option {name} has no default")

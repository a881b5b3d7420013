"""One table of queries for both implementations of search and of the filter box: Python's and the browser's."""

from __future__ import annotations

from typing import Any

# query, the first names found in the greenhouse
SEARCHES: list[tuple[str, list[str]]] = [
    ("", []),
    ("   ", []),
    ("valve/command", ["valve/command"]),
    ("VALVE/COMMAND", ["valve/command"]),
    ("measurement", ["Measurement"]),
    ("mesurement", ["Measurement"]),
    ("plan", ["Plan", "plan/current", "planner"]),
    ("dew", ["dew_point"]),
    ("open", ["open"]),
    ("valve done", ["valve/done", "ValveDone"]),
    ("health", ["Health", "system/health/{service}"]),
    ("zone", ["climate/{zone}/measured", "climate/{zone}/measured/raw"]),
    ("pulse", ["pulse"]),
    ("climate/north/measured", ["climate/{zone}/measured"]),
    ("valve/+", ["valve/done", "valve/command"]),
    ("system/#", ["system/health/{service}"]),
    ("vlave comand", ["valve/command"]),
    ("vlave", ["valve/done", "valve/command", "ValveDone", "ValveCommand"]),
    ("plna", ["plan/current", "Plan"]),
    ("hte", []),
    ("valve zzzzzz", ["valve/done", "valve/command"]),
    ("valve done nowhere", ["valve/done", "ValveDone"]),
    ("waters", []),
    ("nothing-like-it-at-all", []),
    ("<script>", []),
    ("{service}", ["system/health/{service}"]),
    ("[.*", []),
]

# query that no row of the greenhouse fits, the names that are offered instead
NEAREST: list[tuple[str, list[str]]] = [
    ("vlave/comand", ["valve/command", "ValveCommand"]),
    ("valev", ["valve/done", "valve/command", "ValveDone", "ValveCommand", "valves"]),
    ("mesurement", ["Measurement", "climate/{zone}/measured", "climate/{zone}/measured/raw"]),
    ("vlave", ["valve/done", "valve/command", "ValveDone", "ValveCommand"]),
    ("planer", ["planner", "plan/current", "Plan"]),
    ("+/comand", ["valve/command", "ValveCommand"]),
    ("plan curent", ["plan/current"]),
    ("zzzz", []),
]

# query, the first names found in names of many scripts
WORLDLY: list[tuple[str, list[str]]] = [
    ("übergabe", ["halle/übergabe"]),
    ("Übergabe", ["halle/übergabe"]),
    ("ubergabe", ["halle/übergabe"]),
    ("u\u0308bergabe", ["halle/übergabe"]),
    ("ubergbe", ["halle/übergabe"]),
    ("halel", ["halle/größe", "halle/übergabe"]),
    ("größe", ["halle/größe"]),
    ("GROßE", ["halle/größe"]),
    ("crème", ["creme/brulee"]),
    ("温度", ["温度計/現在"]),
    ("現在", ["温度計/現在"]),
    ("温度計/+", ["温度計/現在"]),
    ("온도", ["온도/상태"]),
    ("حرارة", ["حرارة/حالة"]),
    ("חום", ["חום/מצב"]),
    ("ТЕМПЕРАТУРА", ["температура/цех"]),
    ("температр", ["температура/цех"]),
    ("emoji", []),
    ("🌡", ["🌡/1"]),
    ("İ", ["istasyon/İzmir"]),
]
WORLD = ("halle/übergabe", "halle/größe", "creme/brulee", "温度計/現在", "온도/상태", "حرارة/حالة", "חום/מצב")
WORLD += ("температура/цех", "🌡/1", "istasyon/İzmir")


def world() -> dict[str, Any]:
    """Return a document whose topics are spelled in many scripts."""
    channels = {f"topic{number}": {"address": address} for number, address in enumerate(WORLD)}
    return {"asyncapi": "3.1.0", "info": {"title": "World", "version": "1"}, "channels": channels}


# query, address, text of the row, whether it is found
FILTERS: list[tuple[str, str, str, bool]] = [
    ("", "a/b", "a/b", True),
    ("a", "a/b", "a/b thing", True),
    ("THING", "a/b", "a/b thing", True),
    ("thing other", "a/b", "a/b thing", False),
    ("thing b", "a/b", "a/b thing", True),
    ("a/+", "a/b", "a/b", True),
    ("a/+", "a/b/c", "a/b/c", False),
    ("a/#", "a", "a", True),
    ("a/#", "a/b/c", "a/b/c", True),
    ("#", "$SYS/x", "$sys/x", False),
    ("+/x", "$SYS/x", "$sys/x", False),
    ("$SYS/#", "$SYS/x", "$sys/x", True),
    ("+/b", "a/{x}", "a/{x}", True),
    ("a/7", "a/{x}", "a/{x}", True),
    ("a/7/c", "a/{x}", "a/{x}", False),
    ("a/v7", "a/v{x}", "a/v{x}", True),
    ("a/w7", "a/v{x}", "a/v{x}", False),
    ("a/v", "a/v{x}", "a/v{x}", True),
    ("a/.*", "a/b", "a/b", False),
    ("a/{y}", "a/{x}", "a/{x}", True),
    ("a/(", "a/{x}(", "a/{x}(", False),
    ("a/b", "a/b", "", True),
    ("ÜBER", "über/a", "über/a", True),
    ("uber", "über/a", "über/a", True),
    ("über", "uber/a", "uber/a", True),
    ("über/+", "über/a", "über/a", True),
    ("温", "温度/a", "温度/a", True),
]

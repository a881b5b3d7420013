"""One table of queries for both implementations of search and of the filter box: Python's and the browser's."""

from __future__ import annotations

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
    ("zone", ["zone"]),
    ("pulse", ["pulse"]),
    ("waters", []),
    ("nothing-like-it-at-all", []),
    ("<script>", []),
    ("{service}", ["system/health/{service}"]),
    ("[.*", []),
]

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
]

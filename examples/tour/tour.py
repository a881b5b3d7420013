"""Eight typical changes: what the portal says that each breaks, and what it really breaks on a broker.

For each branch of a temporary repository the preview is built as for a pull request. Then old and new services meet
over mosquitto in both orders, with a message left over, and are deployed in the order that the report recommends. Ends
with 1 when a prediction and the truth differ.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "tests")]

from branches import BRANCHES, Branch, Edit  # noqa: E402
from meetings import READS, Meeting, deploy, meet  # noqa: E402
from services import Store  # noqa: E402
from support.broker import running_broker  # noqa: E402

_HURT = ("breaks", "lost", "undecided")
_VERDICTS = ("ok", "risk", "undecided", "lost", "breaks")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What the report of a branch says, the worst of all its findings."""

    subscribers: str
    publishers: str
    retained: str | None
    order: str
    stages: tuple[tuple[str, ...], ...]
    rollback: tuple[tuple[str, ...], ...]
    hurt: tuple[str, ...]
    remedies: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A branch with what was predicted and what happened; `wrong` is where the two differ."""

    name: str
    predicted: Prediction
    forward: Meeting
    backward: Meeting
    deployments: Mapping[str, list[str]]
    wrong: tuple[str, ...]


def git(folder: Path, *words: str) -> None:
    """Run git as nobody in particular, with nobody's settings."""
    who = {f"GIT_{role}_{what}": "tour@store.example" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", *words], cwd=folder, env=os.environ | who | alone, check=True, capture_output=True)


def repository(folder: Path) -> Path:
    """Make the repository: the workspace on main, every branch with its change, and each checked out beside it."""
    root = folder / "store"
    shutil.copytree(HERE / "workspace", root, ignore=shutil.ignore_patterns("__pycache__"))
    git(root, "init", "-q", "-b", "main")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "The cold store")
    names = ["main"]
    for branch in BRANCHES:
        git(root, "switch", "-q", "-c", branch.name, "main")
        _commit(root, branch.edits, branch.name)
        names.append(branch.name)
        if branch.way_out and branch.way_out.edits:
            git(root, "switch", "-q", "-c", f"{branch.name}-way-out")
            _commit(root, branch.way_out.edits, branch.way_out.says)
            names.append(f"{branch.name}-way-out")
    git(root, "switch", "-q", "main")
    for name in names:
        git(root, "worktree", "add", "-q", "--detach", str(folder / "at" / name), name)
    return root


def _commit(root: Path, edits: tuple[Edit, ...], message: str) -> None:
    for edit in edits:
        file = root / edit.file
        text = file.read_text(encoding="utf-8")
        if edit.before not in text:
            raise RuntimeError(f"{edit.file} does not hold {edit.before!r}")
        file.write_text(text.replace(edit.before, edit.after, 1), encoding="utf-8")
    git(root, "commit", "-q", "-a", "-m", message)


def preview(root: Path, branch: Branch, output: Path) -> dict[str, Any]:
    """Build the preview of a branch as a pull request gets it, and return its result."""
    command = [sys.executable, "-m", "portal.cli", "preview", "main", branch.name]
    command += ["--workspace", str(root), "-o", str(output)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"no preview of {branch.name}: {done.stderr.strip()}")
    result: dict[str, Any] = json.loads((output / "result.json").read_text(encoding="utf-8"))
    return result


def predicted(result: dict[str, Any]) -> Prediction:
    """Return what a result says."""
    findings = result["findings"]
    stored = [one["retained"] for one in findings if one["retained"]]
    return Prediction(
        subscribers=max((one["subscribers"] for one in findings), key=_VERDICTS.index, default="ok"),
        publishers=max((one["publishers"] for one in findings), key=_VERDICTS.index, default="ok"),
        retained=max(stored, key=_VERDICTS.index, default=None),
        order=result["deployment"]["order"],
        stages=tuple(map(tuple, result["deployment"]["stages"])),
        rollback=tuple(map(tuple, result["deployment"]["rollback"])),
        hurt=tuple(dict.fromkeys(name for one in findings for name in one["hurt"])),
        remedies=tuple(dict.fromkeys(text for one in findings for text in one["remedies"])),
    )


@contextmanager
def store() -> Iterator[Store]:
    """Give a store on a broker of its own, without anything left from before."""
    with tempfile.TemporaryDirectory(prefix="store-") as folder, running_broker(Path(folder)) as broker:
        found = Store(host=broker.host, port=broker.port)
        try:
            yield found
        finally:
            found.stop()


def see(branch: Branch, said: Prediction, revisions: Path) -> Seen:
    """Let services meet and be deployed, and hold what happens against the prediction."""
    old, new = revisions / "main", revisions / branch.name
    with store() as place:
        forward = meet(place, branch, left=old, sender=new, reader=old)
    with store() as place:
        backward = meet(place, branch, left=old, sender=old, reader=new)
    deployments = dict(_deployments(branch, said, revisions))
    wrong = [
        *_judged("old subscriber", said.subscribers, forward),
        *_judged("old publisher", said.publishers, backward),
    ]
    if said.retained is not None and (said.retained in _HURT) != (backward.stored != READS):
        wrong.append(f"retained message: {said.retained} predicted, the new {branch.reader} {backward.stored}")
    if {said.subscribers, said.publishers} & set(_HURT) and branch.reader not in said.hurt:
        wrong.append(f"{branch.reader} is hurt, but only {', '.join(said.hurt) or 'nobody'} is named")
    wrong += [f"{name}: {one}" for name, found in deployments.items() for one in found]
    return Seen(
        name=branch.name,
        predicted=said,
        forward=forward,
        backward=backward,
        deployments=deployments,
        wrong=tuple(wrong),
    )


def _judged(side: str, verdict: str, meeting: Meeting) -> Iterator[str]:
    """Yield where a verdict and a meeting differ: a break shows at once, a risk only when the reader was away."""
    truth = "breaks" if meeting.present != READS else "risk" if meeting.late != READS else "ok"
    if truth != ("breaks" if verdict in _HURT else verdict):
        yield f"{side}: {verdict} predicted; {meeting.present} when present, {meeting.late} when late"


def _deployments(branch: Branch, said: Prediction, revisions: Path) -> Iterator[tuple[str, list[str]]]:
    """Deploy as recommended and back again, and by the way out that the report offers; yield what went wrong."""
    old, new = revisions / "main", revisions / branch.name
    stages, back = said.stages, said.rollback
    if said.order == "any order":
        stages = ((branch.sender,), (branch.reader,))
        back = stages
        with store() as place:
            yield "subscribers first", deploy(place, branch, [(branch.reader, new), (branch.sender, new)], old=old)
    if stages:
        steps = [(name, new) for stage in stages for name in stage if name in (branch.sender, branch.reader)]
        steps += [(name, old) for stage in back for name in stage if name in (branch.sender, branch.reader)]
        with store() as place:
            yield f"{said.order} and back", deploy(place, branch, steps, old=old)
    if branch.way_out:
        yield branch.way_out.says, _way_out(branch, said, old, new)


def _way_out(branch: Branch, said: Prediction, old: Path, new: Path) -> list[str]:
    assert branch.way_out is not None
    offered = [text for text in said.remedies if branch.way_out.says in text]
    if not offered:
        return ["not offered by the report"]
    through = new.with_name(f"{new.name}-way-out") if branch.way_out.edits else new
    steps = [(branch.sender, through), (branch.reader, new), *([(branch.sender, new)] if through != new else [])]
    command = re.search(r"mosquitto_\w+ .*", offered[0]) if branch.way_out.clears else None
    with store() as place:
        return deploy(place, branch, steps, old=old, clear=command.group() if command else "")


def told(seen: Seen) -> str:
    """Return what was predicted and what happened, for a reader."""
    said = seen.predicted
    sides = f"old subscribers: {said.subscribers}, old publishers: {said.publishers}"
    sides += f", retained: {said.retained}" if said.retained else ""
    ways = [f"{name}: {'; '.join(found) or 'nothing fails'}" for name, found in seen.deployments.items()]
    lines = [
        f"{'✓' if not seen.wrong else '✗'} {seen.name}",
        f"    predicted     {sides} · {said.order}",
        f"    new → old     {_met(seen.forward)}",
        f"    old → new     {_met(seen.backward)}; of what was left over: {seen.backward.stored}",
        *(f"    deployed      {way}" for way in ways),
        *(f"    WRONG         {one}" for one in seen.wrong),
    ]
    return "\n".join(lines)


def _met(meeting: Meeting) -> str:
    return (
        meeting.present if meeting.present == meeting.late else f"{meeting.present}; after an absence: {meeting.late}"
    )


def main() -> int:
    """Run the tour."""
    parser = argparse.ArgumentParser(description="Hold eight predictions of the portal against a real broker.")
    parser.add_argument("branches", nargs="*", metavar="BRANCH", help="only these")
    parser.add_argument("-o", "--output", type=Path, metavar="DIR", help="keep previews and seen.json here")
    arguments = parser.parse_args()
    chosen = [one for one in BRANCHES if not arguments.branches or one.name in arguments.branches]
    with tempfile.TemporaryDirectory(prefix="tour-") as name:
        folder = Path(name)
        output = arguments.output or folder / "previews"
        root = repository(folder)
        found = []
        for branch in chosen:
            result = preview(root, branch, output / branch.name)
            found.append(see(branch, predicted(result), folder / "at"))
            print(told(found[-1]), flush=True)
        (output / "seen.json").write_text(json.dumps([asdict(one) for one in found], indent=2), encoding="utf-8")
    wrong = sum(bool(one.wrong) for one in found)
    print(f"\n{len(found)} changes: {len(found) - wrong} as predicted, {wrong} not.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

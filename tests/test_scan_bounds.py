"""Where the scanner stops counting, it says so: which bound, where, how many were there and how many it kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from asyncapi.scan import scan
from asyncapi.sites import Scan, ServiceSource

APP = ServiceSource(name="app", path="app")
CLIENT = "import sys\nimport paho.mqtt.client as mqtt\nclient = mqtt.Client()\n"


def scanned(folder: Path, text: str) -> Scan:
    """Return the scan of a service of one file."""
    (folder / "app").mkdir()
    (folder / "app/main.py").write_text(CLIENT + text)
    return scan([APP], root=folder)


def loop(count: int) -> str:
    """Return a loop that publishes on as many topics."""
    return f"for topic in {[f'pump/{i}' for i in range(count)]}:\n    client.publish(topic, 'x')\n"


def results(count: int) -> str:
    """Return a function with as many results, and a publish on what it returns."""
    arms = "".join(f"    if m == {i}:\n        return 'r/{i}'\n" for i in range(count))
    return f"def topic_of(m):\n{arms}\nclient.publish(topic_of(int(sys.argv[1])), 'x')\n"


def callers(count: int) -> str:
    """Return a wrapper with as many callers."""
    calls = "".join(f"send('c/{i}')\n" for i in range(count))
    return f"def send(topic):\n    client.publish(topic, 'x')\n\n{calls}"


def entries(count: int) -> str:
    """Return a table of as many entries, and a publish on the last of them."""
    return f"TABLE = { ({f'k{i}': f'big/{i}' for i in range(count)})!r}\nclient.publish(TABLE['k{count - 1}'], 'x')\n"


def choices(count: int) -> str:
    """Return a topic that is one of as many texts in two places, joined twice."""
    arms = "".join(f"{'el' if i else ''}if m == {i}:\n    t = 'j/{i}'\n" for i in range(count))
    return f"m = len(sys.argv)\n{arms}u = t if m > 200 else 'j/x'\nclient.publish(u, 'x')\n"


BOUNDS = {
    "rounds of a loop": (loop, 128, ("send", "receive")),
    "results of a function": (results, 24, ("send", "receive")),
    "callers and rounds of one call": (callers, 399, ("send",)),
    "entries of a dict": (entries, 512, ("send", "receive")),
}


@pytest.mark.parametrize("bound", BOUNDS)
def test_one_more_than_a_bound_is_told(tmp_path: Path, bound: str) -> None:
    """Up to a bound nothing is cut; one more, and the cut is told with its numbers and its place."""
    make, most, hides = BOUNDS[bound]
    for folder in ("up-to", "beyond"):
        (tmp_path / folder).mkdir()
    fits = scanned(tmp_path / "up-to", make(most))
    assert [cut for cut in fits.cuts if cut.bound == bound] == []
    (cut,) = [cut for cut in scanned(tmp_path / "beyond", make(most + 1)).cuts if cut.bound == bound]
    assert (cut.service, cut.source.file, cut.hides) == ("app", "app/main.py", hides)
    assert cut.source.line is not None and cut.seen is not None and cut.seen > cut.kept


def test_values_joined_again_are_counted(tmp_path: Path) -> None:
    """What one expression can be is bounded each time that it becomes part of another; what is lost is told."""
    (cut,) = scanned(tmp_path, choices(70)).cuts
    assert (cut.bound, cut.kept) == ("values that one expression can have", 65)
    assert cut.seen is not None and cut.seen >= 70


def test_a_table_that_was_cut_is_not_said_to_lack_a_key(tmp_path: Path) -> None:
    """A key beyond the bound is not known; that the table does not have it would be untrue."""
    (lost,) = scanned(tmp_path, entries(600)).unresolved
    assert lost.reason == "the key 'k599' is not among those that were read of the table, which is longer"


def test_a_table_with_the_entries_of_a_longer_one_was_cut_too(tmp_path: Path) -> None:
    """Entries that come out of a table that was cut make a table that is not whole."""
    text = entries(600).replace("client.publish(TABLE", "OTHER = {'a': 'b', **TABLE}\nclient.publish(OTHER")
    (lost,) = scanned(tmp_path, text).unresolved
    assert lost.reason.startswith("the key 'k599' is not among")


def test_what_is_sent_hides_no_topic(tmp_path: Path) -> None:
    """Many texts as payload are shortened, too; no topic is missing for it."""
    text = f"for text in {[f'text {i}' for i in range(9)]}:\n    ...\nclient.publish('a', text)\n"
    found = scanned(tmp_path, text)
    assert {site.topic for site in found.sites} == {"a"}
    assert {(cut.bound, cut.kept, cut.seen, cut.hides) for cut in found.cuts} == {("texts of one publish", 8, 9, ())}


def test_cuts_are_kept(tmp_path: Path) -> None:
    """A result out of the cache tells the same cuts."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app/main.py").write_text(CLIENT + loop(200))
    first, second = (scan([APP], root=tmp_path, cache=tmp_path / "kept") for _ in range(2))
    assert first == second
    assert first.cuts

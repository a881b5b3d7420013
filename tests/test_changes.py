"""Versions of a system in the portal: what each changed, any two compared, histories, the feed, the preview."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import anyio
import httpx
import pytest
from support.client import Client
from support.registries import generated, greenhouse, shrunk
from support.repository import repository
from support.serving import LIMIT

from asyncapi.compare.judgement import Acceptance
from asyncapi.compare.report import report
from asyncapi.documents.document import Document, loads
from asyncapi.errors import PortalError
from portal.cli import main
from portal.history import CURRENT, MOST_READ, Older, Shelf
from portal.lanes import Lane
from portal.library import library
from portal.site import site
from portal.static_site import build
from portal.system import System, system
from portal.versions import missing, older

V1 = ("v1", "2026-01-02T03:04:05+00:00", Document(raw=shrunk()))
V0 = ("v1.0 \"<&'", "", Document(raw=shrunk()))


def made(*versions: tuple[str, str, Document]) -> System:
    """Return the greenhouse with older versions."""
    return system(Document(raw=greenhouse(), source="greenhouse.yaml"), older=versions)


@pytest.fixture(scope="module")
def client() -> Client:
    """Show the greenhouse with two versions before it, which are the same."""
    return Client(made(V1, V0))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/changes/", 200),
        ("/changes/index.json", 200),
        ("/changes/index.md", 200),
        ("/changes/current/", 200),
        ("/changes/v1/", 200),
        ("/changes/v1.0 ~22-~3c-&'/", 404),
        ("/changes/feed.atom", 200),
        ("/diff/", 200),
        ("/diff/?old=v1&new=current", 200),
        ("/diff/?old=HEAD&new=/etc/passwd", 200),
        ("/diff/index.json?old=current&new=v1", 200),
        ("/history/climate/%7Bzone%7D/measured/", 200),
        ("/history/climate/%7Bzone%7D/measured/index.md", 200),
        ("/history/nothing/", 404),
    ],
)
def test_there_is_a_page_for_every_version(client: Client, path: str, status: int) -> None:
    """Versions, comparisons and histories stand at their addresses; the first version changed nothing known."""
    assert client.get(path).status_code == status


def test_without_versions_there_is_nothing_to_compare() -> None:
    """A system of one version has no comparison, no feed, no entry in the menu; its list says how to get older ones."""
    alone = Client(made())
    assert [alone.get(path).status_code for path in ("/diff/", "/changes/feed.atom", "/history/climate/")] == [404] * 3
    page = alone.get("/changes/").text
    assert "<code>portal history</code>" in page and "<code>--old v1=old.yaml</code>" in page
    assert "feed.atom" not in page and "/diff/" not in page
    assert "`--old v1=old.yaml`" in alone.get("/changes/index.md").text
    assert "--old" in alone.get("/changes/index.json").json()["hint"]
    assert "Changes" not in alone.get("/").text


def test_each_version_says_what_it_changed(client: Client) -> None:
    """The newest first, each against the one before it, with verdict and order."""
    steps = client.get("/changes/index.json").json()["steps"]
    assert [(step["version"]["id"], step["level"]) for step in steps] == [
        ("current", "break"),
        ("v1", ""),
        (steps[2]["version"]["id"], ""),
    ]
    assert steps[1]["verdict"] == "Nothing changed that is on the wire."
    assert (steps[1]["version"]["date"], steps[2]["page"]["path"]) == ("2026-01-02", "")


def test_a_comparison_tells_whom_it_hurts_and_shows_a_message(client: Client) -> None:
    """Side by side: the change, both verdicts, the services, a message with the place at which it is rejected."""
    view = client.get("/diff/index.json?old=v1&new=current").json()
    changes = {change["rule"]: change for group in view["groups"] for change in group["changes"]}
    removed = changes["required-field-removed"]
    assert (removed["subscribers"], [link["name"] for link in removed["hurt"]]) == ("breaks", ["planner", "dashboard"])
    assert [link["path"] for link in removed["hurt"]] == ["services/planner/", "services/dashboard/"]
    marked = [
        example["wrong"].strip() for change in changes.values() for example in change["examples"] if example["wrong"]
    ]
    assert any(line.startswith('"seconds":') or line.startswith('"humidity":') for line in marked)
    assert view["verdict"].startswith(
        f"{sum(len(group['changes']) for group in (*view['groups'], *view['safe']))} changes"
    )


@pytest.mark.parametrize("asked", ["old=HEAD~1", "old=../../etc/passwd", "old=file:///etc/passwd", "old=v2"])
def test_only_versions_that_are_there_are_compared(client: Client, asked: str) -> None:
    """What is no id of a loaded version is named as unknown, whatever else it might mean."""
    view = client.get(f"/diff/index.json?{asked}&new=current").json()
    assert (view["verdict"], view["unknown"]) == ("", [asked.removeprefix("old=")])


def test_pages_are_marked_where_something_changed(client: Client) -> None:
    """Registry, topic and message say what changed since the version before; removed fields are listed."""
    rows = {row["address"]: row for row in client.get("/index.json").json()["rows"]}
    assert rows["climate/{zone}/measured"]["changed"]["level"] == "break"
    assert rows["valve/done"]["changed"] is None
    narrowed = {asked: client.get(f"/index.json?changed={asked}").json()["rows"] for asked in ("breaking", "no")}
    assert {row["address"] for row in narrowed["breaking"]} >= {"climate/{zone}/measured", "valve/command"}
    assert [row["address"] for row in narrowed["no"]] == ["valve/done", "plan/current", "system/health/{service}"]
    message = client.get("/messages/Measurement/index.json").json()
    assert [path for path, _ in message["gone"]] == ["humidity"]
    assert list(client.get("/messages/ValveCommand/index.json").json()["changes"]) == ["seconds"]
    page = client.get("/topics/climate/%7Bzone%7D/measured/").text
    assert 'since <a href="../../../../changes/current/">v1</a>' in page


def test_a_topic_knows_which_versions_changed_it(client: Client) -> None:
    """Only versions that changed it are listed, and since when it is known."""
    view = client.get("/history/valve/command/index.json").json()
    assert [step["version"]["id"] for step in view["steps"]] == ["current"]
    assert view["since"]["name"] == V0[0]
    assert client.get("/history/valve/done/index.json").json()["steps"] == []


def test_a_topic_is_the_same_whatever_its_parameter_is_called() -> None:
    """A parameter with another name makes no new topic: it is known as long, and keeps the changes from before."""
    renamed = greenhouse()
    renamed["channels"]["climateMeasured"] |= {"address": "climate/{area}/measured", "parameters": {"area": {}}}
    current = Document(raw=renamed, source="greenhouse.yaml")
    shown = Client(system(current, older=(("v2", "", Document(raw=greenhouse())), V1, V0)))
    view = shown.get("/history/climate/%7Barea%7D/measured/index.json").json()
    assert [step["version"]["id"] for step in view["steps"]] == ["v2"]
    assert view["since"]["name"] == V0[0]
    assert shown.get("/changes/index.json").json()["steps"][0]["topics"] == []


def test_the_feed_is_valid_atom(client: Client) -> None:
    """Every element that RFC 4287 demands, once, dates with an offset, ids that differ, names escaped."""
    text = client.get("/changes/feed.atom").content
    space = {"a": "http://www.w3.org/2005/Atom"}
    root = Xml.fromstring(text)
    assert root.tag == "{http://www.w3.org/2005/Atom}feed"
    for element in (root, *root.findall("a:entry", space)):
        assert [len(element.findall(f"a:{name}", space)) for name in ("id", "title", "updated")] == [1, 1, 1]
    entries = root.findall("a:entry", space)
    assert [entry.findtext("a:updated", "", space) for entry in entries] == ["2026-01-02T03:04:05+00:00"]
    assert [link.get("href") for entry in entries for link in entry.findall("a:link", space)] == ["v1/"]


def test_a_page_shows_the_worst_of_very_many_changes() -> None:
    """A comparison of hundreds of changed topics stays a page that can be read, and says what it leaves out."""
    old, new = generated(500), generated(500)
    for schema in new["components"]["schemas"].values():
        schema["properties"]["later"] = {"type": "string"}
    many = Client(system(Document(raw=new), older=[("v1", "", Document(raw=old))]))
    view = many.get("/changes/current/index.json").json()
    assert (sum(len(group["changes"]) for group in view["groups"]), view["left_out"]) == (400, 100)
    assert "and 100 more" in many.get("/changes/current/").text
    assert "and 100 more" in many.get("/changes/current/index.md").text


# versions in git


def test_documents_committed_at_tags_are_versions(tmp_path: Path) -> None:
    """Each tag at which the document stood is a version; one that cannot be read says so, and is compared with none."""
    git = repository(tmp_path)
    file = tmp_path / "asyncapi.json"
    for name, text in (("v1", json.dumps(shrunk())), ("v2", "{"), ("v3", json.dumps(greenhouse()))):
        file.write_text(text)
        git("add", ".")
        git("commit", "-qm", name, "--date", f"2026-01-0{name[1]}T00:00:00Z")
        git("tag", name)
    shown = made(*older(file))
    assert [version.name for version in shown.history.versions[1:]] == ["v3", "v2", "v1"]
    assert [bool(shown.history.known(version).problem) for version in shown.history.versions] == [0, 0, 1, 0]
    assert [shown.history.before(name) for name in ("v3", "v2")] == [shown.history.find("v1"), None]
    client = Client(shown)
    verdicts = [step["verdict"] for step in client.get("/changes/index.json").json()["steps"]]
    assert verdicts[2].startswith("v2 cannot be compared: asyncapi.json")
    for path in ("/changes/v2/", "/changes/v2/index.md", "/diff/?old=v2&new=v1"):
        assert "v2 cannot be compared" in client.get(path).text
    assert "v2" not in client.get("/changes/feed.atom").text
    assert missing(file) == ()


def test_tags_may_be_called_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A branch of the same name, a name of several lines, the feed's own name: each is a version with a page."""
    git = repository(tmp_path)
    file = tmp_path / "asyncapi.json"
    file.write_text(json.dumps(shrunk()))
    git("add", ".")
    git("commit", "-qm", "x", "--date", "2026-01-01T00:00:00Z")
    names = ["v1.10.0", "v1.11.0", "v1.9.0", "one\u2028two", "feed.atom", "a/b"]
    for name in names:
        git("tag", name)
    git("branch", "v1.9.0")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    found = [name for name, _, _ in older(file)]
    assert sorted(found) == sorted(names)
    assert [name for name in found if name.startswith("v")] == ["v1.11.0", "v1.10.0", "v1.9.0"]
    shown = made(*older(file))
    assert len({version.id for version in shown.history.versions}) == 7
    written = build(library([shown]), tmp_path / "site").files
    assert written == sum(path.is_file() for path in (tmp_path / "site").rglob("*")) - 1


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Count documents that are read from versions."""
    read: list[str] = []

    def counted(data: bytes, *, source: str) -> Document:
        read.append(source)
        return loads(data, source=source)

    monkeypatch.setattr("portal.history.loads", counted)
    return read


@pytest.fixture
def compares(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Count comparisons, each of which takes a moment."""
    compared: list[tuple[str, str]] = []

    def counted(*sides: Any, names: tuple[str, str], **options: Any) -> Any:
        compared.append(names)
        time.sleep(0.05)
        return report(*sides, names=names, **options)

    monkeypatch.setattr("asyncapi.compare.report.report", counted)
    return compared


def test_a_committed_document_is_read_once(tmp_path: Path, reads: list[str]) -> None:
    """Two tags at one document, asked again as on every reload, cost one reading."""
    git = repository(tmp_path)
    file = tmp_path / "asyncapi.json"
    file.write_text(json.dumps(shrunk()))
    git("add", ".")
    git("commit", "-qm", "x")
    git("tag", "v1")
    git("tag", "v2")
    shelf = Shelf()
    for _ in range(2):
        shown = system(Document(raw=greenhouse()), older=older(file), shelf=shelf)
        assert len(shown.history.story().since) == 7
    assert reads == ["asyncapi.json"]


def test_versions_are_read_and_compared_when_a_page_needs_them(
    tmp_path: Path, reads: list[str], compares: list[tuple[str, str]]
) -> None:
    """Starting reads no version and compares nothing; the registry needs the newest, a page what it compares."""
    client = Client(made(*_tagged(tmp_path, 6)))
    assert client.get("/services/").status_code == 200
    assert (reads, compares) == ([], [])
    assert client.get("/").status_code == client.get("/topics/valve/done/").status_code == 200
    assert (len(reads), compares) == (1, [("v6", "what is shown here")])
    assert client.get("/changes/v3/").status_code == 200
    assert (len(reads), compares[1:]) == (3, [("v2", "v3")])


def test_a_pair_is_compared_once_however_many_ask_at_once(compares: list[tuple[str, str]]) -> None:
    """Pages that are asked for in the same moment share one comparison."""
    client = Client(made(V1))
    paths = ["/", "/changes/", "/changes/current/", "/topics/valve/command/", "/index.json", "/history/valve/done/"]
    with ThreadPoolExecutor(len(paths)) as pool:
        answers = list(pool.map(client.get, paths))
    assert {answer.status_code for answer in answers} == {200}
    assert compares == [("v1", "what is shown here")]


def test_pages_that_wait_for_comparisons_keep_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """While a hundred requests wait for one comparison, pages that need none are answered, and so is the API."""
    go = threading.Event()

    def held(*sides: Any, **options: Any) -> Any:
        assert go.wait(LIMIT)
        return report(*sides, **options)

    monkeypatch.setattr("asyncapi.compare.report.report", held)
    waiting = ["/", "/changes/", "/diff/", "/history/valve/done/", "/topics/valve/done/", "/messages/Plan/"]
    waiting += ["/changes/index.json", "/api/changes", "/api/diff?old=v1", "/llms.txt"]
    waiting += ["/api/topics", "/api/topics/valve/done", "/api/messages/Plan"]
    done: list[tuple[str, int]] = []

    async def ask(client: httpx.AsyncClient, path: str) -> None:
        done.append((path, (await client.get(path)).status_code))

    async def main() -> None:
        transport = httpx.ASGITransport(app=Client(made(V1)).app)
        at = "http://127.0.0.1:8000"
        async with httpx.AsyncClient(transport=transport, base_url=at) as client, anyio.create_task_group() as tasks:
            for number in range(500):
                tasks.start_soon(ask, client, waiting[number % len(waiting)])
            await anyio.sleep(0.2)
            try:
                with anyio.fail_after(LIMIT):
                    for path in ("/services/", "/flows/index.json", "/api/services"):
                        assert (await client.get(path)).status_code == 200
                assert done == []
            finally:
                go.set()

    anyio.run(main)
    assert ({status for _, status in done}, len(done)) == ({200}, 500)


def test_what_waits_for_comparisons_is_listed_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each page and file of a site tells whether making it compares versions; none that compares calls itself plain."""
    compared: list[bool] = []

    def noted(*sides: Any, **options: Any) -> Any:
        compared.append(True)
        return report(*sides, **options)

    monkeypatch.setattr("asyncapi.compare.report.report", noted)
    wrong = []
    paths = site(made(V1))
    for path in (*paths.pages, *paths.files):
        fresh = site(made(V1))
        page, file = fresh.pages.get(path), fresh.files.get(path)
        compared.clear()
        _ = page.view() if page else file.body() if file else None
        if bool(compared) and fresh.lane(path) is Lane.PLAIN:
            wrong.append(path)
    assert wrong == []
    lanes = {
        path: paths.lane(path) for path in ("", "topics/valve/done/", "messages/Plan/index.md", "changes/", "map/")
    }
    assert list(lanes.values()) == [Lane.MARKED, Lane.MARKED, Lane.MARKED, Lane.VERSIONS, Lane.PLAIN]


def test_few_documents_are_kept_however_many_versions_there_are(tmp_path: Path) -> None:
    """Histories need every version; afterwards only the last few documents are in memory."""
    shown = made(*_tagged(tmp_path, 8))
    story = shown.history.story()
    assert [version.id for version, _ in story.changed["plan/current"]] == [
        "current",
        *(f"v{n}" for n in range(8, 1, -1)),
    ]
    assert len(shown.history.shelf.read) == MOST_READ


def _tagged(folder: Path, count: int) -> tuple[Older, ...]:
    """Return versions at tags, each of which adds a field to one message."""
    git = repository(folder)
    file = folder / "asyncapi.json"
    document = greenhouse()
    for number in range(1, count + 1):
        document["components"]["schemas"]["Plan"]["properties"][f"note{number}"] = {"type": "string"}
        file.write_text(json.dumps(document))
        git("add", ".")
        git("commit", "-qm", "x")
        git("tag", f"v{number}")
    return older(file)


@pytest.mark.parametrize(
    ("said", "name", "refused"),
    [
        ("v1=old=1.json", "v1", ""),
        ("old=1.json", "old=1.json", ""),
        ("=old=1.json", "old=1.json", ""),
        ("v1=", "", "names no document"),
        ("v1=none.json", "", "none.json"),
    ],
)
def test_versions_are_named_by_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, name: str, refused: str
) -> None:
    """`NAME=FILE`, or a file alone, which may have the sign in its name; nothing but a document will do."""
    monkeypatch.chdir(tmp_path)
    Path("old=1.json").write_text(json.dumps(shrunk()))
    if refused:
        with pytest.raises(PortalError, match=refused):
            older(tmp_path, [said])
    else:
        assert [found for found, _, _ in older(tmp_path, [said])] == [name]


@pytest.mark.parametrize(
    ("tagged", "named", "order"),
    [
        (["v1.10", "v1.9", "v1.0"], ["1.9.5", "0.9"], ["v1.10", "1.9.5", "v1.9", "v1.0", "0.9"]),
        (["v2.0", "v1.0"], ["mine", "2.1", "draft"], ["mine", "draft", "2.1", "v2.0", "v1.0"]),
        (["v1.0", "stable", "v0.9"], ["v0.9.1"], ["v1.0", "stable", "v0.9.1", "v0.9"]),
        (["v2.0"], ["2.0-rc1", "v2.0.1"], ["v2.0.1", "v2.0", "2.0-rc1"]),
        (["stable"], ["1.0", "2.0"], ["2.0", "1.0", "stable"]),
        (["2026-11-01", "2026-01-02"], ["2026-02-01"], ["2026-11-01", "2026-02-01", "2026-01-02"]),
        ([], ["old", "older"], ["old", "older"]),
        ([], ["1.0", "x", "2.0"], ["2.0", "1.0", "x"]),
    ],
)
def test_a_named_version_stands_where_its_number_puts_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tagged: list[str], named: list[str], order: list[str]
) -> None:
    """By version number among those that have one, else before the tags in the order given."""
    file = tmp_path / "asyncapi.json"
    file.write_text(json.dumps(shrunk()))
    at_tags = [(name, "", Document(raw=shrunk())) for name in tagged]
    monkeypatch.setattr("portal.versions._at_tags", lambda _: iter(at_tags))
    assert [name for name, *_ in older(tmp_path, [f"{name}={file}" for name in named])] == order


def test_an_older_version_belongs_to_what_is_shown() -> None:
    """Another older document is another version of what is shown, though name and date are the same."""
    assert made(V1).version != made(("v1", V1[1], Document(raw=greenhouse()))).version


@pytest.mark.parametrize(
    ("dates", "updated"),
    [
        (("2026-01-02T01:00:00+05:00", "2026-01-01T23:00:00+00:00"), "2026-01-01T23:00:00+00:00"),
        (("2026-01-02T01:00:00", ""), "2026-01-02T01:00:00+00:00"),
        (("0001-01-01T00:00:00+14:00", "never"), "1970-01-01T00:00:00+00:00"),
    ],
)
def test_the_feed_is_as_new_as_its_newest_version(dates: tuple[str, str], updated: str) -> None:
    """Moments are told in UTC, so that the latest is the latest wherever it was made; what is no date is old."""
    shown = made(*((f"v{number}", date, V1[2]) for number, date in enumerate(dates)))
    root = Xml.fromstring(Client(shown).get("/changes/feed.atom").content)
    assert root.findtext("{http://www.w3.org/2005/Atom}updated") == updated


def test_versions_of_one_name_have_entries_of_their_own() -> None:
    """Two versions that are called alike are told apart in the feed."""
    root = Xml.fromstring(Client(made(V1, V1, V0)).get("/changes/feed.atom").content)
    ids = [one.text for one in root.iter("{http://www.w3.org/2005/Atom}id")]
    assert len(set(ids)) == len(ids) == 3


def test_many_versions_are_compared_once_each() -> None:
    """However many versions there are, a second look at what each changed compares nothing again."""
    past = made(*(("v", "", Document(raw=shrunk() | {"x-n": number})) for number in range(70))).history
    pairs = [(before.id, version.id) for version in past.versions if (before := past.before(version.id))]
    first = [past.compared(*pair) for pair in pairs]
    assert all(past.compared(*pair) is report for pair, report in zip(pairs, first, strict=True))


def test_a_tag_that_is_not_behind_us_is_no_earlier_version(tmp_path: Path) -> None:
    """On an older release the newer one is not what was before; without a commit there is nothing before."""
    git = repository(tmp_path)
    file = tmp_path / "asyncapi.json"
    file.write_text(json.dumps(shrunk()))
    assert older(file) == ()
    for name, document in (("v1", shrunk()), ("v2", greenhouse())):
        file.write_text(json.dumps(document))
        git("add", ".")
        git("commit", "-qm", name)
        git("tag", name)
    git("checkout", "-q", "v1")
    assert [name for name, *_ in older(file)] == ["v1"]


MODEL = '''"""Contracts."""
from pydantic import BaseModel

TOPIC_DOOR_OPENED = "door/opened"


class DoorOpened(BaseModel):
    """A door was opened."""

    door: str
'''


def test_history_exports_what_was_never_committed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`portal history` exports a workspace at its tags once; a broken one is told and fails, the others are kept."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = tmp_path / "team"
    root.mkdir()
    git = repository(root)
    (root / "portal.toml").write_text('title = "Doors"\ncontracts = ["doors"]\npath = ["."]\n')
    for tag, text in (("v1", MODEL), ("v2", "raise RuntimeError"), ("v3", MODEL + "    since: float = 0\n")):
        (root / "doors.py").write_text(text)
        if tag == "v2":
            (root / "portal.toml").write_text("title = ")
        else:
            (root / "portal.toml").write_text('title = "Doors"\ncontracts = ["doors"]\npath = ["."]\n')
        git("add", ".")
        git("commit", "-qm", tag)
        git("tag", tag)
    assert older(root) == ()
    assert main(["history", str(root)]) == 1
    said = capsys.readouterr().err
    assert ("3 tags, 2 exported, 1 failed" in said, "v2: " in said) == (True, True)
    assert sorted(name for name, _, _ in older(root)) == ["v1", "v3"]
    assert main(["history", str(root)]) == 1
    assert "0 exported, 1 failed" in capsys.readouterr().err


def test_history_needs_tags(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Outside of git, and without tags, one sentence says so."""
    assert main(["history", str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"portal: {tmp_path}: is in no git repository (name a workspace in one)\n"
    repository(tmp_path)
    assert main(["history", str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"portal: {tmp_path}: no git tags were found (fetch them: git fetch --tags)\n"


# preview and changelog


@pytest.fixture
def sides(tmp_path: Path) -> tuple[str, str]:
    """Return files with the earlier and the present greenhouse."""
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text(json.dumps(shrunk()))
    new.write_text(json.dumps(greenhouse()))
    return str(old), str(new)


def test_a_preview_is_a_site_with_reports_beside_it(tmp_path: Path, sides: tuple[str, str]) -> None:
    """Every page of the new version with its marks, the comparison, and the reports; again changes nothing."""
    site = tmp_path / "site"
    assert main(["preview", *sides, "-o", str(site)]) == 0
    assert {"comment.md", "summary.md", "result.json", "index.html", "changes"} <= {
        path.name for path in site.iterdir()
    }
    page = (site / "changes/current/index.html").read_text()
    assert ("required field humidity removed" in page, "<form" in page.partition("<main")[2]) == (True, False)
    assert json.loads((site / "result.json").read_text())["verdict"] in page
    before = {path: path.stat().st_mtime_ns for path in site.rglob("*.html")}
    assert main(["preview", *sides, "-o", str(site)]) == 0
    assert {path: path.stat().st_mtime_ns for path in site.rglob("*.html")} == before
    assert main(["preview", *sides, "-o", str(site), "--fail-on", "subscribers"]) == 1


def test_a_preview_says_on_its_pages_what_its_reports_say(
    tmp_path: Path, sides: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A break that was accepted is no break on the pages either, and neither is it marked in the registry of rules."""
    main(["diff", *sides, "--format", "json"])
    found = json.loads(capsys.readouterr().out)["findings"]
    _accept(tmp_path / "accepted.toml", *((one["fingerprint"], "2999-01-01") for one in found))
    site = tmp_path / "site"
    assert main(["preview", *sides, "-o", str(site), "--accept", str(tmp_path / "accepted.toml")]) == 0
    page = json.loads((site / "changes/current/index.json").read_text())
    assert (page["verdict"], page["groups"], page["level"]) == (
        json.loads((site / "result.json").read_text())["verdict"],
        [],
        "accepted",
    )
    assert {one["accepted"] for group in page["safe"] for one in group["changes"]} == {
        "accepted by team until 2999-01-01: agreed"
    }


def test_a_site_shows_accepted_breaks_as_accepted(
    tmp_path: Path, sides: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """With --accept a build marks what somebody answers for as accepted, on every page, and says what ran out."""
    main(["diff", *sides, "--format", "json"])
    found = json.loads(capsys.readouterr().out)["findings"]
    file, site = tmp_path / "accepted.toml", tmp_path / "site"
    command = ["build", sides[1], "--old", f"v1={sides[0]}", "--accept", str(file), "-o", str(site)]
    file.write_text("[[accept]]")
    assert main(command) == 2
    assert f"{file}, entry 1: must hold exactly" in capsys.readouterr().err
    _accept(file, *((one["fingerprint"], "2999-01-01") for one in found))
    assert main(command) == 0
    page = json.loads((site / "changes/current/index.json").read_text())
    assert (page["groups"], page["level"], page["stale"]) == ([], "accepted", [])
    rows = json.loads((site / "index.json").read_text())["rows"]
    assert {(row["changed"]["level"], row["changed"]["accepted"]) for row in rows if row["changed"]} == {("ok", True)}
    message = (site / "messages/Measurement/index.html").read_text()
    assert ("accepted by team until 2999-01-01" in message, '<span class="chip ">accepted</span>' in message) == (
        True,
        True,
    )
    _accept(file, *((one["fingerprint"], "2020-01-01") for one in found))
    assert main(command) == 0
    page = json.loads((site / "changes/current/index.json").read_text())
    assert (page["level"], len(page["stale"])) == ("break", len(found))


def test_a_workspace_says_what_is_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file that portal.toml names counts for the diff and for the pages, unless another one is named."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root, old, site = tmp_path / "team", str(tmp_path / "old.json"), tmp_path / "site"
    root.mkdir()
    settings = 'title = "Doors"\ncontracts = ["doors"]\npath = ["."]\n'
    (root / "portal.toml").write_text(settings)
    (root / "doors.py").write_text(MODEL)
    assert main(["export", str(root), "-o", old]) == 0
    (root / "doors.py").write_text(MODEL.replace("door: str", "door: int"))
    compare = ["diff", old, "--workspace", str(root), "--format", "json"]
    assert main(compare) == 1
    found = json.loads(capsys.readouterr().out)["findings"]
    _accept(root / "accepted.toml", *((one["fingerprint"], "2999-01-01") for one in found))
    (root / "portal.toml").write_text(f'{settings}[diff]\naccept = "accepted.toml"\n')
    assert main(compare) == 0
    assert main(["build", str(root), "--old", f"v1={old}", "-o", str(site)]) == 0
    assert json.loads((site / "changes/current/index.json").read_text())["level"] == "accepted"
    (tmp_path / "none.toml").write_text("")
    assert main([*compare, "--accept", str(tmp_path / "none.toml")]) == 1
    (root / "accepted.toml").unlink()
    assert main(compare) == 2
    assert "accepted.toml: cannot be read" in capsys.readouterr().err


def test_a_break_stays_accepted_in_the_version_for_which_it_was(sides: tuple[str, str]) -> None:
    """A version is judged by the day on which it was made, and an entry that is for another one is no news."""
    old, new = (loads(Path(side).read_bytes()) for side in sides)
    versions = (("v2", "2026-01-02T00:00:00Z", new), ("v1", "", old))
    changes = system(new, older=versions).history.compared("v1", "v2")
    assert changes is not None
    accepted = tuple(
        Acceptance(fingerprint=one.fingerprint, reason="agreed", owner="team", expires="2026-01-31")
        for one in changes.findings
    )
    shown = system(new, older=versions, accepted=accepted, today=date(2026, 6, 1)).history
    then, current = shown.compared("v1", "v2"), shown.compared("v2", CURRENT)
    assert then is not None and current is not None
    assert ([one for one in then.findings if one.accepted is None], then.stale) == ([], ())
    assert {one.rule for one in current.stale} == {"acceptance-expired"}


def _accept(file: Path, *entries: tuple[str, str]) -> None:
    file.write_text(
        "".join(
            f'[[accept]]\nfingerprint = "{fingerprint}"\nreason = "agreed"\nowner = "team"\nexpires = {expires}\n'
            for fingerprint, expires in entries
        )
    )


def test_topics_that_went_away_are_named() -> None:
    """The registry lists topics of the version before that are gone, and those alone; many are counted."""
    lost = shrunk()
    for number in range(22):
        lost["channels"][f"old{number}"] = {"address": f"roof/{number}/opened", "messages": {}}
    shown = Client(made(("v1", "", Document(raw=lost))))
    gone = shown.get("/index.json").json()["overlay"]["gone"]
    assert sorted(gone) == sorted(f"roof/{number}/opened" for number in range(22))
    assert "and 2 more</p>" in shown.get("/").text


def test_release_notes_say_what_breaks_first(sides: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """`portal changelog` groups changes: what breaks with who must act, then the rest, each change once."""
    assert main(["changelog", *sides]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "## 2.3.0"
    assert next(line for line in lines if line.startswith("### ")) == "### Breaking"
    assert sum("humidity removed" in line for line in lines) == 1
    assert "  - who must act: planner, dashboard" in lines
    assert main(["changelog", sides[0], sides[0], "--title", "Quiet"]) == 0
    assert capsys.readouterr().out.splitlines() == ["## Quiet", "", "Nothing changed that is on the wire."]


def test_versions_belong_to_one_system(sides: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """`--old` beside several systems is refused, since nobody could say whose it is."""
    assert main(["build", *sides, "--old", sides[0]]) == 2
    assert "--old belongs to one system" in capsys.readouterr().err
    assert main(["build", *sides, "--accept", "accepted.toml"]) == 2
    assert "accepted.toml: --accept belongs to one system" in capsys.readouterr().err


def test_several_systems_keep_their_own_versions() -> None:
    """Below `s/` each system has its own changes."""
    shown = library([made(V1), made()])
    assert [("diff/" in site.pages) for site in shown.sites()] == [False, True, False]

"""The server: addresses, headers, caching, hosts, proxies and downloads, asked without a network."""

from __future__ import annotations

import gzip
import json
import re

import pytest
from support.client import Client, shown
from support.registries import generated, greenhouse

from asyncapi.documents.yaml12 import loads
from portal.addresses import up


@pytest.fixture(scope="module")
def client() -> Client:
    """Return the greenhouse's portal."""
    return Client()


PAGES = (
    "/",
    "/messages/",
    "/services/",
    "/flows/",
    "/policies/",
    "/findings/",
    "/search/",
    "/topics/valve/command/",
    "/topics/climate/%7Bzone%7D/measured/",
    "/messages/ValveCommand/",
    "/services/planner/",
)


@pytest.mark.parametrize("path", PAGES)
def test_page_has_its_twins(client: Client, path: str) -> None:
    """Every page is there as HTML, JSON and Markdown, and names its twins."""
    page, data, text = client.get(path), client.get(f"{path}index.json"), client.get(f"{path}index.md")
    types = [answer.headers["content-type"] for answer in (page, data, text)]
    assert [answer.status_code for answer in (page, data, text)] == [200, 200, 200]
    assert types == ["text/html; charset=utf-8", "application/json; charset=utf-8", "text/markdown; charset=utf-8"]
    assert isinstance(data.json(), dict)
    assert text.text.startswith("# ")
    assert re.findall(r'rel="alternate" type="([^"]+)" href="([^"]+)"', page.text) == [
        ("application/yaml", f"{up(path.removeprefix('/'))}asyncapi.yaml"),
        ("application/json", "index.json"),
        ("text/markdown", "index.md"),
    ]


def test_no_page_holds_code_or_style(client: Client) -> None:
    """No page has an inline script, an inline style or an event handler."""
    wrong = re.compile(r"<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=|javascript:")
    assert {path: wrong.findall(client.get(path).text) for path in PAGES} == {path: [] for path in PAGES}


@pytest.mark.parametrize("path", [*PAGES, "/nope", "/healthz", "/api/topics", "/asyncapi.json", "/api/topics/nope"])
def test_every_answer_is_safe(client: Client, path: str) -> None:
    """Every answer carries the headers of safety and allows no other origin."""
    headers = client.get(path).headers
    assert headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")
    assert {name for name in headers if name.startswith("access-control") or name in ("server", "set-cookie")} == set()


def test_links_lead_somewhere(client: Client) -> None:
    """Every link of every page leads to something that is there."""
    from urllib.parse import urljoin

    seen, waiting, broken = set(), ["/"], []
    while waiting:
        path = waiting.pop()
        answer = client.get(path)
        if answer.status_code != 200:
            broken.append(path)
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        for link in re.findall(r'(?:href|src|action)="([^"#]*)(?:#[^"]*)?"', answer.text):
            target = urljoin(path, link.replace("&amp;", "&"))
            if not link.startswith("http") and target not in seen and len(seen) < 600:
                seen.add(target)
                waiting.append(target)
    assert (broken, len(seen) > 60) == ([], True)


def test_fragments_lead_somewhere(client: Client) -> None:
    """Every fragment in the search index is an id of its page, and ids are unique."""
    found = json.loads(client.get("/search-index.js").text.removeprefix("window.portalIndex=").rstrip(";\n"))
    missing = []
    for path, fragment in {tuple(entry[2].split("#")) for entry in found if "#" in entry[2]}:
        ids = re.findall(r'\sid="([^"]+)"', client.get(f"/{path}").text)
        if fragment not in ids or len(ids) != len(set(ids)):
            missing.append((path, fragment))
    assert missing == []


@pytest.mark.parametrize("path", ["/", "/asyncapi.yaml", "/asyncapi.json", "/topics/valve/command/index.json"])
def test_unchanged_is_not_sent_again(client: Client, path: str) -> None:
    """An answer has a tag; who has it already gets 304 without a body, compressed or not."""
    for coding in ("gzip", "identity"):
        first = client.get(path, headers={"accept-encoding": coding})
        again = client.get(path, headers={"accept-encoding": coding, "if-none-match": first.headers["etag"]})
        other = client.get(path, headers={"accept-encoding": coding, "if-none-match": '"other"'})
        assert (first.status_code, again.status_code, again.content, other.status_code) == (200, 304, b"", 200)
        assert first.headers.get("content-encoding") == ("gzip" if coding == "gzip" else None)
        assert first.headers["vary"] == "accept-encoding"


def test_compressed_is_the_same(client: Client) -> None:
    """The compressed answer holds the same bytes under another tag."""
    plain = client.get("/", headers={"accept-encoding": "identity"})
    zipped = client.get("/", headers={"accept-encoding": "gzip"})
    assert (zipped.content, zipped.headers["etag"] == plain.headers["etag"]) == (plain.content, False)
    assert gzip.compress(plain.content) != plain.content


def test_document_is_downloaded_whole(client: Client) -> None:
    """Both forms of the document say what was read, and are saved under their names."""
    yaml, plain = client.get("/asyncapi.yaml"), client.get("/asyncapi.json")
    assert (loads(yaml.content), plain.json()) == (greenhouse(), greenhouse())
    assert [answer.headers["content-disposition"] for answer in (yaml, plain)] == [
        'attachment; filename="asyncapi.yaml"',
        'attachment; filename="asyncapi.json"',
    ]
    assert yaml.headers["content-type"] == "application/yaml; charset=utf-8"


def test_schemas_stand_alone(client: Client) -> None:
    """The JSON Schemas of a message accept its example and refuse another, without needing the document."""
    import jsonschema_rs

    good = greenhouse()["components"]["messages"]["Measurement"]["examples"][0]["payload"]
    for name, validator in (
        ("schema.json", jsonschema_rs.Draft7Validator),
        ("schema-2020-12.json", jsonschema_rs.Draft202012Validator),
    ):
        made = validator(client.get(f"/messages/Measurement/{name}").json())
        assert (made.is_valid(good), made.is_valid({**good, "battery": 101})) == (True, False)


@pytest.mark.parametrize(
    ("path", "status", "location"),
    [
        ("/topics/valve/command", 308, "./command/"),
        ("/topics/valve/command.json", 308, "./command/index.json"),
        ("/topics/valve/command.md", 308, "./command/index.md"),
        ("/messages", 308, "./messages/"),
        ("/topics", 308, "./"),
        ("/topics/", 308, "../"),
        ("/topics/system/health/pump", 307, "../../../topics/system/health/%7Bservice%7D/"),
        ("/topics/climate/{area}/measured/", 307, "../../../../topics/climate/%7Bzone%7D/measured/"),
        ("/topics/valve/opened", 404, None),
        ("/topics//", 404, None),
        ("/static/../portal/app.py", 404, None),
        ("/static/nothing.css", 404, None),
    ],
)
def test_other_spellings_are_led_home(client: Client, path: str, status: int, location: str | None) -> None:
    """A page asked for by another spelling, or by a concrete topic, leads to where it stands; the rest is not there."""
    answer = client.get(path)
    assert (answer.status_code, answer.headers.get("location")) == (status, location)


def test_a_level_like_an_ending_is_a_page_first() -> None:
    """A page that is called like the twin of another is led to as the page."""
    channels = {"one": {"address": "a/"}, "two": {"address": "a/.json"}}
    document = {"asyncapi": "3.1.0", "info": {"title": "T", "version": "1"}, "channels": channels}
    answer = Client(shown(document)).get("/topics/a/~.json")
    assert (answer.status_code, answer.headers["location"]) == (308, "./~.json/")


def test_missing_page_names_near_ones(client: Client) -> None:
    """What is not there is answered with what is close to it, and without repeating what was asked."""
    answer = client.get("/topics/valve/comand/%3Cscript%3Ealert(1)%3C/script%3E")
    near = client.get("/topics/valve/comand")
    assert (answer.status_code, "alert(1)" in answer.text) == (404, False)
    assert re.findall(r'<a class="addr" href="([^"]+)"', near.text) == [
        "/topics/valve/command/",
        "/topics/valve/done/",
        "/flows/valve~_command/",
        "/messages/ValveCommand/",
    ]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_pages_only_answer_reading(client: Client, method: str) -> None:
    """Whatever is not GET or HEAD is refused."""
    answer = client.request(method, "/")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_head_is_get_without_body(client: Client) -> None:
    """HEAD says what GET would send."""
    got, head = client.get("/"), client.head("/")
    same = ("etag", "content-length", "content-type")
    assert (head.content, [head.headers[name] for name in same]) == (b"", [got.headers[name] for name in same])


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8000", 200),
        ("localhost", 200),
        ("LOCALHOST:80", 200),
        ("[::1]:8000", 200),
        ("192.168.1.7", 200),
        ("portal.localhost", 200),
        ("contracts.example.org", 200),
        ("evil.example.org", 400),
        ("contracts.example.org.evil.org", 400),
        ("", 400),
        ("127.0.0.1.evil.org", 400),
    ],
)
def test_host_is_checked(host: str, status: int) -> None:
    """Addresses, localhost and named hosts are answered; a stranger's name that points here is not, nor repeated."""
    client = Client(allowed_hosts=["contracts.example.org"])
    answer = client.get("/", headers={"host": host})
    api = client.get("/api/topics", headers={"host": host})
    assert (answer.status_code, api.status_code, "evil" in answer.text) == (status, status, False)


def test_assets_are_kept_forever(client: Client) -> None:
    """Style and script carry the hash of their content in their name and may be kept; the plain name may not."""
    page = client.get("/").text
    for link in re.findall(r'(?:href|src)="\./(static/[^"]+)"', page):
        answer = client.get(f"/{link}")
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "public, max-age=31536000, immutable")
    assert client.get("/static/portal.css").headers["cache-control"] == "no-cache"
    assert client.get("/").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("prefix", ["", "/contracts"], ids=["stripped", "kept"])
def test_works_below_a_prefix(prefix: str) -> None:
    """Behind a proxy that shows it below a path, whether that strips the path or not, pages and errors link well."""
    client = Client(root_path="/contracts")
    page, missing = client.get(f"{prefix}/topics/valve/command/"), client.get(f"{prefix}/a/b/c")
    described = client.get(f"{prefix}/openapi.json").json()
    assert 'href="../../../messages/"' in page.text
    assert 'href="/contracts/messages/"' in missing.text
    assert described["servers"] == [{"url": "/contracts"}]


def test_new_version_is_shown_at_once() -> None:
    """When the system is replaced, the next request sees it, and its tag differs."""
    client = Client()
    before = client.get("/")
    changed = greenhouse()
    changed["info"]["title"] = "Glasshouse"
    client.app.state.answers.show(shown(changed))
    after = client.get("/", headers={"if-none-match": before.headers["etag"]})
    assert (after.status_code, "Glasshouse" in after.text, "Greenhouse" in after.text) == (200, True, False)


def test_queries_do_not_fill_the_cache(client: Client) -> None:
    """Queries are answered anew each time and leave nothing behind."""
    cache = client.app.state.answers.cache
    client.get("/")
    before = cache.size
    for number in range(20):
        assert client.get(f"/?q={number}").status_code == 200
        assert client.get(f"/search/?q={number}").status_code == 200
    assert cache.size == before


def test_health_names_the_version(client: Client) -> None:
    """The health check answers with the version of the document."""
    answer = client.get("/healthz").json()
    assert (answer["status"], answer["version"]) == ("ok", client.get("/version").json()["version"])


def test_thousand_topics_stay_small() -> None:
    """A thousand topics fit in 80 KB and 15,000 elements, thirty in 25 KB with style and script and 1,500 elements."""
    sizes = {}
    for count in (30, 1000):
        client = Client(shown(generated(count)))
        page = client.get("/").text
        assets = [client.get(f"/{name}").content for name in re.findall(r'"\./(static/[^"]+)"', page)]
        zipped = sum(len(gzip.compress(part)) for part in ([page.encode(), *assets]))
        sizes[count] = (zipped, page.count("<") - page.count("</"))
    assert sizes[30][0] <= 25 * 1024
    assert sizes[1000][0] <= 80 * 1024
    assert (sizes[30][1] <= 1_500, sizes[1000][1] <= 15_000) == (True, True)


def test_script_and_style_stay_small() -> None:
    """Script is at most 30 KB and style at most 20 KB as they are written."""
    from portal.assets import load

    sizes: dict[str, int] = {}
    for asset in load().values():
        kind = asset.name.rpartition(".")[2]
        sizes[kind] = sizes.get(kind, 0) + len(asset.body)
    assert (sizes["js"] <= 30 * 1024, sizes["css"] <= 20 * 1024) == (True, True)

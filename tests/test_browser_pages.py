"""The pages in Chromium: they can be read, followed, used by keyboard and by screen readers, and stay silent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect
from support.browser import WIDTHS, Trouble, axe, chromium, served
from support.registries import foreign, greenhouse, neighbour, shrunk
from support.searches import FILTERS, NEAREST, SEARCHES, WORLDLY, world

pytestmark = pytest.mark.browser

PAGES = {
    "registry": "/",
    "registry narrowed": "/?class=event&q=climate",
    "registry empty": "/?q=nothing-like-it",
    "topic": "/topics/climate/%7Bzone%7D/measured/",
    "topic enveloped": "/topics/valve/command/",
    "topic deprecated": "/topics/climate/%7Bzone%7D/measured/raw/",
    "messages": "/messages/",
    "message": "/messages/Measurement/",
    "message recursive": "/messages/Plan/",
    "services": "/services/",
    "service": "/services/planner/",
    "flows": "/flows/",
    "flow": "/flows/valve~_command/",
    "map": "/map/",
    "check": "/check/?topic=valve/command",
    "policies": "/policies/",
    "findings": "/findings/",
    "search": "/search/?q=valve",
    "missing": "/topics/climate/measured/",
    "changes": "/changes/",
    "changes of a version": "/changes/current/",
    "diff": "/diff/?old=v1&new=current",
    "diff of nothing": "/diff/?old=%3Cb%3E&new=current",
    "history": "/history/climate/%7Bzone%7D/measured/",
}

ANSWERED = (
    ('{"request_id": "1", "ok": "yes"}', ""),
    ('{"request_id": "1", "request_id": NaN}', ""),
    ('{"a": "' + "x" * 300 + '" "b": 1}', ""),
    ('{"' + "long_name" * 30 + '": 1, "action": "opn"}', "valve/command"),
    ("valve/done {}", ""),
    ("{}", "valve/don"),
)
DROP = """content => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([new Uint8Array(content)], "dropped.json"));
  document.querySelector(".paste").dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true }));
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start one browser for all tests of the module."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Serve the greenhouse, which has grown a little since the version before."""
    with served(greenhouse(), old=shrunk()) as started:
        yield started


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """Open an empty page; whatever goes wrong on it fails the test."""
    context = browser.new_context(viewport=WIDTHS["wide"], base_url=address)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    trouble = Trouble()
    trouble.watch(context, address)
    yield context.new_page()
    context.close()
    assert trouble.found == []


def test_from_registry_to_topic_to_message(page: Page) -> None:
    """A reader gets from the table to a topic and on to its message by links."""
    page.goto("/")
    page.get_by_role("link", name="valve/command", exact=True).first.click()
    expect(page.locator("h1")).to_have_text("valve/command")
    page.locator(".split h2 a").click()
    expect(page.locator("h1")).to_have_text("ValveCommand")
    expect(page.locator("#f-seconds")).to_contain_text("default 30")


@pytest.mark.parametrize("width", [1280, 1000, 390])
def test_addresses_are_shown_in_full(page: Page, width: int) -> None:
    """However narrow its column, an address wraps, after a slash where there is one, and is not cut off."""
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/")
    page.evaluate(
        "document.querySelector('.topics th .addr').textContent = 'ward/{ward}/bed/{bed}/mattress' + 'x'.repeat(80)"
    )
    cut = page.locator(".topics tbody th").evaluate_all(
        "cells => cells.filter(c => c.scrollWidth > c.clientWidth).length"
    )
    assert cut == 0


def test_what_departs_from_the_policy_is_red(browser: Browser) -> None:
    """A QoS that the policy does not ask for is red, whatever colour that QoS has elsewhere."""
    document = greenhouse()
    document["channels"]["valveCommand"]["x-expected"] = {"qos": 1, "source": "policy"}
    with served(document) as address:
        opened = browser.new_page(base_url=address)
        opened.goto("/")
        wrong = opened.locator("#topics td.q2.said.bad")
        expect(wrong).to_have_text("2")
        expect(wrong).to_have_css("color", "rgb(173, 35, 27)")
        opened.close()


@pytest.mark.parametrize("width", [1280, 1000, 800])
def test_a_middling_window_breaks_no_word(page: Page, width: int) -> None:
    """The classes of topics stand in one line each, and the whole head of the page in one at 1000 pixels and more."""
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/")
    lines = """cells => cells.map(cell => {
      const range = document.createRange();
      range.selectNodeContents(cell);
      return range.getClientRects().length;
    })"""
    assert set(page.locator("#topics tbody td:nth-child(3):not(:empty)").evaluate_all(lines)) == {1}
    tops = page.locator(".top > *").evaluate_all("parts => parts.map(part => part.getBoundingClientRect().top)")
    assert width < 1000 or max(tops) - min(tops) < 20


def test_document_is_downloaded(page: Page) -> None:
    """The document is saved under its name."""
    page.goto("/")
    with page.expect_download() as started:
        page.get_by_role("link", name="asyncapi.yaml").first.click()
    assert started.value.suggested_filename == "asyncapi.yaml"
    assert Path(started.value.path()).read_text().startswith("asyncapi: '3.1.0'")


@pytest.mark.parametrize(
    ("width", "scheme", "script"),
    [
        ("wide", "light", True),
        ("wide", "light", False),
        ("wide", "dark", True),
        ("wide", "dark", False),
        ("narrow", "light", True),
        ("narrow", "dark", False),
    ],
)
def test_everybody_can_read(browser: Browser, address: str, width: str, scheme: str, script: bool) -> None:
    """axe finds nothing on any kind of page, in light and dark, with and without script; nothing scrolls sideways."""
    size = WIDTHS[width]
    context = browser.new_context(viewport=size, base_url=address, color_scheme=scheme, bypass_csp=True)
    if not script:
        context.route("**/*.js", lambda route: route.abort())
    opened = context.new_page()
    wrong = []
    for name, path in PAGES.items():
        opened.goto(path)
        wrong += [f"{name}: {line}" for line in axe(opened)]
        if opened.evaluate("document.documentElement.scrollWidth") > size["width"]:
            wrong.append(f"{name}: scrolls sideways")
    context.close()
    assert wrong == []


@pytest.mark.parametrize(("width", "script"), [("wide", True), ("narrow", True), ("narrow", False)])
def test_documents_of_others_can_be_read(browser: Browser, width: str, script: bool) -> None:
    """axe finds nothing on the pages of a document without any field of ours, and nothing scrolls sideways."""
    with served(foreign()) as address:
        context = browser.new_context(viewport=WIDTHS[width], base_url=address, bypass_csp=True)
        if not script:
            context.route("**/*.js", lambda route: route.abort())
        opened = context.new_page()
        wrong = []
        for path in (
            "/",
            "/topics/lights/%7Blamp%7D/measured/",
            "/topics/lights/table/",
            "/topics/street.lights.of.the.town.1.0.event.%7Blamp%7D.dimmed/",
            "/messages/Command/",
            "/messages/Dimmed/",
            "/messages/",
            "/services/Street%20lights/",
            "/policies/",
            "/flows/",
            "/findings/",
            "/map/",
        ):
            opened.goto(path)
            wrong += [f"{path}: {line}" for line in axe(opened)]
            if opened.evaluate("document.documentElement.scrollWidth") > WIDTHS[width]["width"]:
                wrong.append(f"{path}: scrolls sideways")
        context.close()
    assert wrong == []


def test_several_systems_are_read_together(browser: Browser) -> None:
    """The registry over two systems: every width, axe, live filter and search lead into either system, silently."""
    with served(greenhouse(), neighbour()) as address:
        for size in WIDTHS.values():
            context = browser.new_context(viewport=size, base_url=address)
            trouble = Trouble()
            trouble.watch(context, address)
            opened = context.new_page()
            opened.goto("/")
            assert opened.evaluate("document.documentElement.scrollWidth") <= size["width"]
            opened.locator("#q").fill("porter")
            expect(opened.locator("#topics tbody tr:visible th")).to_have_count(3)
            opened.keyboard.press("Control+k")
            opened.keyboard.type("doorbell")
            expect(opened.locator('dialog a[aria-selected="true"]')).to_contain_text("doorbell/rung")
            opened.keyboard.press("Enter")
            expect(opened.locator("h1")).to_have_text("doorbell/rung")
            assert opened.url == f"{address}/s/test-2/topics/doorbell/rung/"
            opened.get_by_role("link", name="All systems").click()
            expect(opened.locator("h1")).to_have_text("All systems")
            context.close()
            assert trouble.found == []
        context = browser.new_context(base_url=address, bypass_csp=True)
        opened = context.new_page()
        wrong = []
        for path in ("/", "/s/test-2/", "/?system=Neighbour"):
            opened.goto(path)
            wrong += axe(opened)
        context.close()
        assert wrong == []


def test_pages_are_silent(browser: Browser, address: str) -> None:
    """No kind of page writes to the console, breaks the content policy, opens a dialog or asks a stranger."""
    context = browser.new_context(base_url=address)
    trouble = Trouble()
    trouble.watch(context, address)
    opened = context.new_page()
    for path in PAGES.values():
        opened.goto(path, wait_until="networkidle")
    context.close()
    assert trouble.found == ["console: Failed to load resource: the server responded with a status of 404 (Not Found)"]


def test_filter_narrows_while_typing(page: Page) -> None:
    """Typing narrows the table at once, by words, by wildcard filters and by concrete topics, and says how far."""
    page.goto("/")
    rows = page.locator("#topics tbody tr:visible th")
    for query, found in (
        ("valve", ["valve/command", "valve/done"]),
        ("system/health/pump", ["system/health/{service}"]),
        ("climate/#", ["climate/{zone}/measured", "climate/{zone}/measured/raw"]),
        ("dashboard state", ["plan/current"]),
    ):
        page.locator("#q").fill(query)
        expect(rows).to_have_text(found)
        expect(page.locator("#shown")).to_have_text(f"{len(found)} of 6")
    page.locator("#q").fill("nothing-like-it")
    expect(page.locator("#none")).to_be_visible()
    page.locator("#q").fill("")
    expect(rows).to_have_count(6)


def test_facets_follow_the_filter(page: Page) -> None:
    """After typing, the facets count what is left, and their links keep the filter."""
    page.goto("/")
    page.locator("#q").fill("valve")
    link = page.locator('.facets a[data-f="class"]', has_text="command")
    expect(link).to_have_attribute("href", "./?q=valve&class=command")
    link.click()
    expect(page.locator("#topics tbody tr")).to_have_count(1)
    expect(page.locator("#q")).to_have_value("valve")


def test_search_by_keyboard_alone(page: Page) -> None:
    """Ctrl-K opens the search, arrows choose, Enter opens; Escape closes it and gives the focus back."""
    page.goto("/services/")
    page.keyboard.press("Control+k")
    page.keyboard.type("dew")
    expect(page.locator('dialog a[aria-selected="true"]')).to_contain_text("dew_point")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).not_to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("mesurement")
    expect(page.locator('dialog a[aria-selected="true"]')).to_contain_text("Measurement")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Measurement")


def test_search_opens_again_at_once(page: Page) -> None:
    """A slash right after Escape opens the search again, though the browser has not drawn the page since."""
    page.goto("/services/")
    page.keyboard.press("Control+k")
    page.evaluate("""() => {
      for (const key of ["Escape", "/"])
        document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
    }""")
    expect(page.locator("dialog")).to_be_visible()


def test_search_dialog_is_accessible(browser: Browser, address: str) -> None:
    """axe finds nothing in the open search dialog."""
    context = browser.new_context(base_url=address, bypass_csp=True)
    opened = context.new_page()
    opened.goto("/")
    opened.keyboard.press("Control+k")
    opened.keyboard.type("valve")
    expect(opened.locator("dialog li").first).to_be_visible()
    found = axe(opened)
    context.close()
    assert found == []


def test_everything_is_reached_by_tab(page: Page) -> None:
    """The first tab stop skips to the content, every one is visible, and no link of a topic's page is left out."""
    page.goto("/topics/valve/command/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    seen = set()
    for _ in range(200):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("document.activeElement.getAttribute('href') || document.activeElement.tagName"))
        if page.evaluate("document.activeElement === document.body"):
            break
    visible = "[...document.querySelectorAll('main a')].filter(link => link.checkVisibility())"
    links = page.evaluate(f"{visible}.map(link => link.getAttribute('href'))")
    assert set(links) - seen == set()


def test_code_is_copied(page: Page) -> None:
    """The button beside an example copies its text."""
    page.goto("/messages/Measurement/")
    page.locator(".copy:visible").first.click()
    expect(page.locator(".copy:visible").first).to_have_text("Copied")
    assert '"zone": "north"' in page.evaluate("navigator.clipboard.readText()")


def test_theme_is_chosen_and_kept(page: Page) -> None:
    """The theme button switches the colours and the choice survives the next page."""
    page.goto("/")
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.locator(".theme").click()
    after = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.goto("/services/")
    assert (before != after, page.evaluate("getComputedStyle(document.body).backgroundColor")) == (True, after)


def test_payload_is_checked(page: Page) -> None:
    """A pasted payload is checked by a plain form: the topic is found, and what is wrong stands beside the field."""
    page.goto("/check/")
    page.locator("#payload").fill('{"request_id": "1", "ok": "yes"}')
    page.get_by_role("button", name="Check").click()
    expect(page.locator(".match").first).to_contain_text("valve/done")
    expect(page.locator(".match table").first).to_contain_text("ok")
    expect(page.locator("#payload")).to_have_value('{"request_id": "1", "ok": "yes"}')


@pytest.mark.parametrize(
    ("wire", "verdict", "told"),
    [("", "nearly", "bare model"), ("raw", "accepts", "bare model"), ("envelope", "rejects", "envelope")],
)
def test_the_form_of_a_payload_is_chosen(page: Page, wire: str, verdict: str, told: str) -> None:
    """Where the system has an envelope, the form asks what was pasted, and keeps the answer."""
    page.goto("/check/?topic=valve/command")
    page.locator("#payload").fill('{"request_id": "1", "action": "open", "valve": 1}')
    page.locator("#wire").select_option(wire)
    page.get_by_role("button", name="Check").click()
    expect(page.locator(f".match.{verdict} summary")).to_contain_text(f"as {told}")
    expect(page.locator("#wire")).to_have_value(wire)


def test_without_an_envelope_no_form_is_asked(browser: Browser) -> None:
    """The switch is there only where it decides something."""
    with served(foreign()) as elsewhere:
        opened = browser.new_page(base_url=elsewhere)
        opened.goto("/check/")
        expect(opened.get_by_role("button", name="Check")).to_be_visible()
        expect(opened.locator("#wire")).to_have_count(0)
        opened.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("theme", "script"), [("light", True), ("dark", False)])
def test_answers_of_the_payload_check_are_accessible(
    browser: Browser, address: str, theme: str, script: bool, width: str
) -> None:
    """axe finds nothing on any kind of answer, and none is wider than the screen, without script too."""
    context = browser.new_context(base_url=address, bypass_csp=True, color_scheme=theme, viewport=WIDTHS[width])
    if not script:
        context.route("**/*.js", lambda route: route.abort())
    opened, wrong = context.new_page(), []
    for payload, topic in ANSWERED:
        opened.goto("/check/")
        opened.locator("#payload").fill(payload)
        opened.locator("#topic").fill(topic)
        opened.get_by_role("button", name="Check").click()
        expect(opened.locator(".verdict")).to_be_visible()
        wrong += [f"{payload[:40]}: {line}" for line in axe(opened)]
        wrong += [payload[:40]] if opened.evaluate("document.documentElement.scrollWidth > innerWidth") else []
    context.close()
    assert wrong == []


@pytest.mark.parametrize(
    ("content", "shown", "told"),
    [
        ([0x7B, 0x7D], "{}", "dropped.json"),
        ([0xEF, 0xBB, 0xBF, 0x7B, 0x7D], "\ufeff{}", "dropped.json"),
        ([0x22, 0xE4, 0x22], "before", "dropped.json is not UTF-8 text; JSON travels as UTF-8"),
        ([0x20] * (256 * 1024 + 1), "before", "dropped.json is larger than the 256 KB that are checked here"),
    ],
)
def test_a_dropped_file_is_read_as_it_is(page: Page, content: list[int], shown: str, told: str) -> None:
    """What a file holds comes into the box unchanged, its byte order mark too; what cannot is told."""
    page.goto("/check/")
    page.locator("#payload").fill("before")
    page.evaluate(DROP, content)
    expect(page.locator("#dropped")).to_have_text(told)
    expect(page.locator("#payload")).to_have_value(shown)


@pytest.mark.parametrize(("query", "names"), SEARCHES)
def test_browser_ranks_like_the_server(page: Page, query: str, names: list[str]) -> None:
    """The script finds what the server finds, in the same order."""
    page.goto("/")
    page.add_script_tag(url="/search-index.js")
    found = page.evaluate("query => window.portal.search(window.portalIndex, query).map(entry => entry[1])", query)
    assert found[: len(names)] == names
    page.goto(f"/search/?q={quote(query)}")
    assert found == [item.text_content() for item in page.locator("#results a").all()]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("valve/command", "2 found"),
        ("valve zzzzzz", "Nothing has all of this; the nearest "),
        ("qqqqqq", "Nothing is called or described like this. Try fewer or shorter words"),
        ("", "A part of a name, a word of a description, a topic that was seen"),
    ],
)
def test_search_says_what_it_found(browser: Browser, address: str, query: str, told: str) -> None:
    """The dialog says how many it found or what to do next, and is accessible in each state; so does the page."""
    context = browser.new_context(base_url=address, bypass_csp=True)
    opened = context.new_page()
    opened.goto("/")
    opened.keyboard.press("Control+k")
    opened.keyboard.type(query)
    expect(opened.locator("dialog [role=status]")).to_contain_text(told)
    found = axe(opened)
    if query:
        opened.goto(f"/search/?q={quote(query)}")
        expect(opened.locator("main")).to_contain_text(told)
    context.close()
    assert found == []


def test_browser_reads_every_script(browser: Browser) -> None:
    """The script finds what the server finds in names of any script, and says the same of it."""
    with served(world()) as started:
        page = browser.new_page()
        page.goto(started)
        page.add_script_tag(url="/search-index.js")
        for query, names in WORLDLY:
            found = page.evaluate(
                "query => window.portal.search(window.portalIndex, query).map(entry => entry[1])", query
            )
            assert (query, found[: len(names)], bool(found)) == (query, names, bool(names))
            listed = page.request.get(f"{started}/api/search?q={quote(query)}").json()
            assert (query, [hit["name"] for hit in listed["hits"]]) == (query, found)
        page.close()


@pytest.mark.parametrize(("query", "address_", "text", "expected"), FILTERS)
def test_browser_filters_like_the_server(page: Page, query: str, address_: str, text: str, expected: bool) -> None:
    """The script filters by the rules of the server."""
    page.goto("/")
    assert page.evaluate("given => window.portal.finds(...given)", [query, address_, text]) is expected


def test_browser_offers_the_nearest_like_the_server(page: Page) -> None:
    """The script offers the names that the server offers, and they lead to topics."""
    page.goto("/")
    for query, names in NEAREST:
        assert (query, page.evaluate("query => window.portal.near(query)", query)) == (query, names)
    page.locator("#q").fill("planer")
    expect(page.locator("#near")).to_have_text("Nearest: planner, plan/current, Plan.")
    page.locator("#near a").first.click()
    expect(page.locator("#q")).to_have_value("planner")
    expect(page.locator("#topics tbody tr:visible")).not_to_have_count(0)


def test_anchor_opens_what_it_points_into(page: Page) -> None:
    """A link to a nested property opens the parts around it."""
    page.goto("/messages/Plan/#f-root.window")
    expect(page.locator("#f-root\\.window")).to_be_visible()


def test_fifteen_rows_fit(browser: Browser) -> None:
    """At least fifteen field rows with a description are seen at once on a screen of 900 pixels."""
    from support.registries import generated

    with served(generated(1, fields=40)) as started:
        opened = browser.new_page(viewport=WIDTHS["wide"])
        opened.goto(f"{started}/messages/Message0/")
        seen = opened.evaluate(
            "[...document.querySelectorAll('.row')].filter(row => row.getBoundingClientRect().bottom <= 900).length"
        )
        opened.close()
    assert seen >= 15

"""A comparison as a whole: what is no change, one finding for one cause, deployment, acceptance, severities."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from support.edits import build, random_model
from support.registries import generated, greenhouse, registry

from asyncapi.compare.accepting import load_accepted
from asyncapi.compare.judgement import FAIL_ON, Acceptance, DiffFinding, DiffSettings, fails, order_of
from asyncapi.compare.report import Report, report
from asyncapi.compare.writers import FORMATS, write
from asyncapi.errors import PortalError

Json = dict[str, Any]


def changed(change: Callable[[Json], Any], settings: DiffSettings | None = None, before: Any = None) -> Report:
    """Return the report of the greenhouse before and after a change; `before` is done to both."""
    old = greenhouse()
    if before is not None:
        before(old)
    new = copy.deepcopy(old)
    change(new)
    return report(registry(old), registry(new), settings=settings)


def schemas(document: Json) -> Json:
    """Return the schemas of a document."""
    found: Json = document["components"]["schemas"]
    return found


def _renamed_keys(document: Json) -> None:
    """Give every component another key, and every channel and operation, too."""
    for kind in ("schemas", "messages"):
        group = document["components"][kind]
        names = {name: f"Renamed{number}" for number, name in enumerate(group)}
        document["components"][kind] = {names[name]: value for name, value in group.items()}
        for name, other in names.items():
            _replace(document, f"#/components/{kind}/{name}", f"#/components/{kind}/{other}")
    for message in document["components"]["messages"].values():
        message.pop("x-model", None)
    for schema in schemas(document).values():
        schema.pop("x-envelope", None)
    document["operations"] = {f"other_{name}": value for name, value in document["operations"].items()}


def _replace(value: Any, old: str, new: str) -> None:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        if item == old:
            value[key] = new
        else:
            _replace(item, old, new)


def _turned(value: Any) -> Any:
    """Return a document with every object turned round, lists of `required`, `anyOf` and `enum` as well."""
    if isinstance(value, dict):
        turned = {key: _turned(item) for key, item in reversed(value.items())}
        for word in ("required", "anyOf", "oneOf", "type"):
            if isinstance(turned.get(word), list):
                turned[word] = turned[word][::-1]
        return turned
    return [_turned(item) for item in value] if isinstance(value, list) else value


def _inlined(document: Json) -> None:
    """Write referenced schemas where they are used."""
    for schema in schemas(document).values():
        for name, inner in schema.get("properties", {}).items():
            if set(inner) == {"$ref"}:
                schema["properties"][name] = copy.deepcopy(schemas(document)[inner["$ref"].rpartition("/")[2]])


def _null_spelled(document: Json) -> None:
    for schema in schemas(document).values():
        for inner in schema.get("properties", {}).values():
            arms = inner.get("anyOf", [])
            plain = bool(arms) and isinstance(arms[0].get("type"), str) and not {"enum", "const"} & set(arms[0])
            if len(arms) == 2 and arms[1] == {"type": "null"} and plain:
                del inner["anyOf"]
                inner |= arms[0] | {"type": ["null", arms[0]["type"]]}


SAME: dict[str, Callable[[Json], Any]] = {
    "nothing": lambda _: None,
    "keys": _renamed_keys,
    "order": lambda document: document.update(_turned(document)),
    "inline": _inlined,
    "null": _null_spelled,
    "version": lambda document: document.update(asyncapi="3.0.0"),
    "info": lambda document: document["info"].update(title="Other", version="9", description="Words."),
    "parameters": lambda document: _parameter(document),
}


def _parameter(document: Json) -> None:
    for channel in document["channels"].values():
        channel["address"] = channel["address"].replace("{zone}", "{area}")
        if "zone" in channel.get("parameters", {}):
            channel["parameters"]["area"] = channel["parameters"].pop("zone")


@pytest.mark.parametrize("name", SAME)
def test_spelling_is_no_change(name: str) -> None:
    """Documents that differ in spelling only give no finding, whichever comes first."""
    old, new = greenhouse(), greenhouse()
    SAME[name](new)
    assert report(registry(old), registry(new)).findings == ()
    assert report(registry(new), registry(old)).findings == ()


def test_spelling_changes_do_change_the_document() -> None:
    """The changes of the test above do something."""
    for name, change in SAME.items():
        new = greenhouse()
        change(new)
        assert (new == greenhouse()) == (name == "nothing")


SEEN = {"x-sites": [{"source": "a.py#main", "model": "M"}]}


def modelled(random: Random) -> Json:
    """Return a document with a message of random Pydantic models."""
    made: dict[str, Any] = {}
    cls = build(random_model(random), made)
    schema = cls.model_json_schema(ref_template="#/components/schemas/{model}")
    found = schema.pop("$defs", {}) | {"Root": schema}
    for one in made.values():
        if one.__name__ in found:
            found[one.__name__]["x-extra"] = one.model_config["extra"]
    document: Json = {
        "asyncapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "channels": {"t": {"address": "t", "messages": {"M": {"$ref": "#/components/messages/M"}}}},
        "operations": {"s": {"action": "send", "channel": {"$ref": "#/channels/t"}, "x-service": "s", **SEEN}},
        "components": {
            "messages": {"M": {"name": "M", "payload": {"$ref": "#/components/schemas/Root"}}},
            "schemas": found,
        },
    }
    return document


@pytest.mark.fuzz
def test_spelling_of_random_models_is_no_change() -> None:
    """Whatever the models are: keys, order, references, null and version spelled otherwise give no finding."""
    start = Random().randrange(10**9) if FUZZ else 0
    told = []
    for seed in range(start, start + 60 * max(1, FUZZ)):
        random = Random(seed)
        old = modelled(random)
        new = copy.deepcopy(old)
        names = random.sample(("keys", "order", "inline", "null", "version", "info"), random.randint(1, 4))
        for name in names:
            SAME[name](new)
        for one, two in ((old, new), (new, old)):
            found = report(registry(one), registry(two)).findings
            told += [(seed, names, finding.rule, finding.message) for finding in found]
    assert told == []


def test_shared_model_changed_once_is_one_finding() -> None:
    """A model on nine topics that got a field is one finding that names nine topics."""
    old = generated(9)
    for channel in old["channels"].values():
        channel["messages"] = {"Shared": {"$ref": "#/components/messages/Message0"}}
    for operation in old["operations"].values():
        channel = operation["channel"]["$ref"]
        operation["messages"] = [{"$ref": f"{channel}/messages/Shared"}]
    schemas(old)["Message0"]["additionalProperties"] = False
    new = copy.deepcopy(old)
    schemas(new)["Message0"]["properties"]["late"] = {"type": "boolean"}
    findings = report(registry(old), registry(new)).findings
    assert [(one.rule, len(one.topics)) for one in findings] == [("optional-field-added", 9)]


def test_inherited_field_changed_once_is_one_finding() -> None:
    """A field that a base class gives to several models is one finding, named after the base class."""

    def late(document: Json) -> None:
        for name in ("Measurement", "ValveCommand"):
            schemas(document)[name]["properties"]["message_id"]["maxLength"] = 32

    [finding] = changed(late).findings
    assert (finding.rule, finding.message) == (
        "length-narrowed",
        "length of message_id narrowed: maxLength 32, was no limit, in BaseMessage",
    )
    assert finding.topics == ("climate/{zone}/measured", "valve/command", "climate/{zone}/measured/raw")
    assert (finding.subscribers, finding.publishers) == ("ok", "ok")


def test_fingerprint_survives_the_new_name_of_a_parameter() -> None:
    """An acceptance holds when a parameter of the address is renamed: the address on the wire is the same."""
    kinds = ("topic-removed", "sites/{%s}/door"), ("retain-removed", "house send sites/{%s}/door")
    for rule, subject in (*kinds, ("null-added", "sites/{%s}/door Opened.name")):
        one, two, other = (
            DiffFinding(rule=rule, message="", subject=subject % name, topics=(f"sites/{{{name}}}/{last}",))
            for name, last in (("id", "door"), ("site", "door"), ("site", "gate"))
        )
        assert one.fingerprint == two.fingerprint != other.fingerprint


def test_fingerprint_tells_fields_in_braces_apart() -> None:
    """Only the address loses the names of its parameters: two fields spelled in braces stay two."""
    one, two = (
        DiffFinding(
            rule="null-added", message="", subject=f"sites/{{id}}/door Opened.{name}", topics=("sites/{id}/door",)
        )
        for name in ("{a}", "{b}")
    )
    assert one.fingerprint != two.fingerprint


def test_fingerprint_is_of_the_change_alone() -> None:
    """A fingerprint survives other changes, and differs for another value."""

    def rule(found: Report) -> DiffFinding:
        return next(one for one in found.findings if one.rule == "range-widened")

    one = rule(changed(lambda d: schemas(d)["Temperature"]["properties"]["celsius"].update(maximum=90)))
    two = rule(
        changed(
            lambda d: (
                schemas(d)["Temperature"]["properties"]["celsius"].update(maximum=90, description="Other."),
                schemas(d)["Plan"]["properties"].update(late={"type": "boolean"}),
            )
        )
    )
    three = rule(changed(lambda d: schemas(d)["Temperature"]["properties"]["celsius"].update(maximum=91)))
    assert one.fingerprint == two.fingerprint != three.fingerprint
    assert len(one.fingerprint) == 12


def _range(document: Json) -> None:
    schemas(document)["Temperature"]["properties"]["celsius"].update(maximum=90)


def test_accepted_break_does_not_fail() -> None:
    """An accepted change is kept, but does not fail; expired and unknown entries are said."""
    [finding] = changed(_range).findings
    entry = Acceptance(fingerprint=finding.fingerprint, reason="known", owner="ops", expires="2026-12-31")
    other = Acceptance(fingerprint="0" * 12, reason="old", owner="ops", expires="2026-12-31")
    good = changed(_range, DiffSettings(accepted=(entry, other), today="2026-12-31"))
    assert [one.accepted for one in good.findings] == [entry]
    assert not fails(good.findings, "note")
    assert [(one.rule, one.subject) for one in good.stale] == [("acceptance-unknown", "0" * 12)]
    late = changed(_range, DiffSettings(accepted=(entry,), today="2027-01-01"))
    assert fails(late.findings, "error")
    assert [one.rule for one in late.stale] == ["acceptance-expired"]
    newer = replace(entry, expires="2027-12-31")
    for both in ((entry, newer), (newer, entry)):
        again = changed(_range, DiffSettings(accepted=both, today="2027-01-01"))
        assert [one.accepted for one in again.findings] == [newer]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[accept]]\nfingerprint = '0123456789ab'\nreason = 'r'\nowner = 'o'\nexpires = 2027-01-31\n", ""),
        ("[[accept]]\nfingerprint = '0123456789ab'\nreason = 'r'\nowner = 'o'\n", "must hold exactly"),
        ("[[accept]]\nfingerprint = 'xyz'\nreason = 'r'\nowner = 'o'\nexpires = '2027-01-31'\n", "twelve hex digits"),
        (
            "[[accept]]\nfingerprint = '0123456789ab'\nreason = ' '\nowner = 'o'\nexpires = '2027-01-31'\n",
            "must be said",
        ),
        ("[[accept]]\nfingerprint = '0123456789ab'\nreason = 'r'\nowner = 'o'\nexpires = 'soon'\n", "is no date"),
        ("[[accept]]\nfingerprint = '0123456789ab'\nreason = 'r'\nowner = 'o'\nexpires = '9999-99-99'\n", "is no date"),
        ("[[accept]]\nfingerprint = '0123456789ab'\nreason = 'r'\nowner = 'o'\nexpires = '20270131'\n", "is no date"),
        ("accept = 3\n", "something else"),
        ("other = 3\n", "something else"),
        ("[[accept]", "is no TOML"),
        ("", ""),
    ],
)
def test_accept_file_is_checked(tmp_path: Path, text: str, said: str) -> None:
    """An accept file is read, or the entry that is wrong is named."""
    path = tmp_path / "accept.toml"
    path.write_text(text)
    if said:
        with pytest.raises(PortalError, match=said):
            load_accepted(path)
    else:
        assert len(load_accepted(path)) == text.count("[[accept]]")


FAILING = {
    "error": {"a", "b", "c", "undecided"},
    "warning": {"a", "b", "c", "undecided", "risk"},
    "note": {"a", "b", "c", "undecided", "risk", "safe"},
    "never": set(),
    "subscribers": {"a", "undecided"},
    "publishers": {"b", "c"},
    "retained": {"c"},
    "risk": {"a", "b", "c", "undecided", "risk"},
}


@pytest.mark.parametrize("threshold", FAIL_ON)
def test_thresholds(threshold: Any) -> None:
    """Each threshold fails for its own kind of break, and undecided counts as a break."""
    kinds: dict[str, DiffFinding] = {
        "a": DiffFinding(rule="r", message="", subject="", subscribers="breaks", level="break"),
        "b": DiffFinding(rule="r", message="", subject="", publishers="lost", level="break"),
        "c": DiffFinding(rule="r", message="", subject="", publishers="breaks", retained="breaks", level="break"),
        "undecided": DiffFinding(rule="r", message="", subject="", subscribers="undecided", level="break"),
        "risk": DiffFinding(rule="r", message="", subject="", subscribers="risk", level="risk"),
        "safe": DiffFinding(rule="r", message="", subject=""),
    }
    assert {name for name, one in kinds.items() if fails((one,), threshold)} == FAILING[threshold]


def test_severity_by_rule() -> None:
    """`[diff.severity]` raises or lowers what a kind of change counts as; the verdicts stay."""

    def quiet(document: Json) -> None:
        document["operations"]["sensor_send_climateMeasured"]["bindings"]["mqtt"]["qos"] = 0

    [plain] = changed(quiet).findings
    [raised] = changed(quiet, DiffSettings(levels={"publisher-qos-lowered": "break"})).findings
    assert (plain.rule, plain.level, plain.severity, plain.subscribers) == (
        "publisher-qos-lowered",
        "risk",
        "warning",
        "risk",
    )
    assert (raised.level, raised.severity, raised.subscribers) == ("break", "error", "risk")


@pytest.mark.parametrize(
    ("verdicts", "order"),
    [
        (("ok", "ok", None), "any order"),
        (("risk", "risk", "risk"), "any order"),
        (("breaks", "ok", None), "subscribers first"),
        (("lost", "ok", "ok"), "subscribers first"),
        (("ok", "breaks", None), "publishers first"),
        (("ok", "breaks", "breaks"), "neither"),
        (("breaks", "lost", None), "neither"),
        (("undecided", "ok", None), "undecided"),
        (("breaks", "undecided", None), "undecided"),
    ],
)
def test_order_of_one_change(verdicts: Any, order: str) -> None:
    """The verdicts of one change give its deployment order."""
    assert order_of(*verdicts) == order


def test_deployment_names_services_in_stages() -> None:
    """Changes of several topics are joined into one order of services, with the way back."""
    found = changed(_range)
    assert found.deployment.order == "subscribers first"
    assert found.deployment.stages == (("dashboard", "planner"), ("sensor",))
    assert found.deployment.rollback == (("sensor",), ("dashboard", "planner"))
    assert found.findings[0].rollback == "publishers first"


def test_deployment_that_contradicts_itself_is_said() -> None:
    """Two services that would have to go before each other have no order."""

    def both(document: Json) -> None:
        schemas(document)["ValveAction"]["enum"].append("half")
        schemas(document)["ValveDone"]["properties"]["late"] = {"type": "boolean"}

    found = changed(both)
    orders = {one.rule: (one.order, one.senders, one.hurt) for one in found.findings}
    assert orders["enum-value-added"] == ("subscribers first", ("planner",), ("valves",))
    assert found.deployment.order in ("neither", "subscribers first")


def test_pre_existing_mismatch_is_not_news() -> None:
    """What a model rejected of itself before the change is no finding of the change."""

    def broken(document: Json) -> None:
        schema = copy.deepcopy(schemas(document)["Plan"])
        schema["required"] = [*schema.get("required", []), "never_sent"]
        schemas(document)["PlanAccepts"] = schema
        name = next(n for n, m in document["components"]["messages"].items() if "Plan" in str(m["payload"]))
        document["components"]["messages"][name]["x-accepts"] = {"$ref": "#/components/schemas/PlanAccepts"}

    found = changed(lambda d: schemas(d)["Plan"].update(description="New words."), before=broken)
    assert {one.level for one in found.findings} <= {"ok"}


JUNK: tuple[Any, ...] = (
    *(None, True, 0, -1, "x", [], {}, {"$ref": "#/components/schemas/Plan"}, [{"type": "null"}], {"not": {}}),
    *({"a": 1}, 1e308, "^(a|b", "#/components/schemas/Measurement", {"type": "string"}),
)
WORDS = (
    *("minimum", "type", "enum", "required", "properties", "x-extra", "anyOf", "pattern", "additionalProperties"),
    *("x-accepts", "$ref", "not", "items", "x-declared-by", "x-source", "x-discriminator", "minLength", "multipleOf"),
)


def _damaged(random: Random) -> Json:
    """Return the greenhouse with some values replaced, removed or added anywhere in its components."""
    document = greenhouse()
    for _ in range(random.randint(1, 4)):
        spots: list[tuple[Any, Any]] = []
        _spots(document["components"], spots)
        holder, key = random.choice(spots)
        if random.random() < 0.2:
            del holder[key]
        elif isinstance(holder, dict) and random.random() < 0.3:
            holder[random.choice(WORDS)] = copy.deepcopy(random.choice(JUNK))
        else:
            holder[key] = copy.deepcopy(random.choice(JUNK))
    return document


def _spots(value: Any, found: list[tuple[Any, Any]]) -> None:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        found.append((value, key))
        _spots(item, found)


FUZZ = int(os.environ.get("PORTAL_FUZZ", "0"))


@pytest.mark.fuzz
@pytest.mark.timeout(120 + 20 * FUZZ)
def test_damaged_documents_are_compared() -> None:
    """Whatever stands in a document, it is compared and reported, and equals itself."""
    whole = registry()
    start = Random().randrange(10**9) if FUZZ else 0
    for seed in range(start, start + 40 * max(1, FUZZ)):
        damaged = registry(_damaged(Random(seed)))
        assert report(damaged, damaged).findings == ()
        for found in (report(whole, damaged), report(damaged, whole)):
            assert all(write(found, form) for form in FORMATS if form != "github")


def test_field_change_points_to_its_python_line() -> None:
    """A finding carries file and line of the field, of its class where the field has none."""

    def lines(document: Json) -> None:
        schemas(document)["Temperature"]["x-source"] = "climate.py#Temperature"
        document["info"]["x-lines"] = {"climate.py#Temperature": 10, "climate.py#Temperature.celsius": 14}

    [finding] = changed(_range, before=lines).findings
    assert finding.source is not None
    assert (finding.source.file, finding.source.symbol, finding.source.line) == (
        "climate.py",
        "Temperature.celsius",
        14,
    )


def _entangled(kind: str) -> Json:
    """Return a document whose models all refer to all others, each with a field of this type."""
    names = [f"Model{number}" for number in range(14)]
    fields = {name: {"$ref": f"#/components/schemas/{name}"} for name in names}
    document = greenhouse()
    document["components"]["schemas"] |= {
        name: {"type": "object", "properties": {**fields, "own": {"type": kind}}} for name in names
    }
    document["components"]["messages"]["ValveDone"]["payload"] = fields["Model0"]
    return document


def test_models_that_refer_to_each_other_are_walked_to_an_end() -> None:
    """More paths than anybody could read do not hold up a comparison, and every model's change is told."""
    found = report(registry(_entangled("string")), registry(_entangled("integer")))
    assert {one.path.rpartition(".")[2] for one in found.findings} == {"own"}
    assert len(found.findings) == 14


def test_a_model_that_comes_to_hold_itself_is_walked_to_an_end() -> None:
    """Where the model refers to itself on one side only, in several places, there is an end as well."""
    itself = {"$ref": "#/components/schemas/Plan"}
    found = changed(lambda document: schemas(document)["Plan"].update(additionalProperties=itself, items=itself))
    assert found.findings

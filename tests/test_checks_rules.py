"""Every rule finds what its bad fixture shows, exactly, and is silent about the good one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.checking import TODAY, expected, findings, told

from asyncapi.checks import check
from asyncapi.checks.catalogue import every, rule_id
from asyncapi.documents.document import Document
from asyncapi.resolve.code_findings import CODE_RULES
from asyncapi.rules import EXPORT_RULES, FINDING_RULES, IGNORE_RULES, READING_RULES
from asyncapi.view import build

ROOT = Path(__file__).parents[1]
FIXTURES = Path(__file__).parent / "fixtures" / "checks"
RULES = sorted(path.name for path in FIXTURES.iterdir())


@pytest.mark.parametrize("rule", RULES)
def test_rule(rule: str) -> None:
    """The findings of the bad fixture are those in expected.yaml, the rule's among them; the good one has none."""
    wanted = expected(FIXTURES / rule / "expected.yaml")
    found = findings(_side(rule, "bad"))
    assert told(found) == wanted
    assert rule in {item["rule"] for item in wanted}
    assert every()[rule][0] in {finding.severity for finding in found if finding.rule == rule}
    assert told(findings(_side(rule, "good"))) == []


@pytest.mark.parametrize(
    ("address", "suggestion"), [("pharmacy/recal", "; did you mean pharmacy/recall?"), ("lift/moved", "")]
)
def test_a_topic_that_nobody_declared_may_be_a_typo(address: str, suggestion: str) -> None:
    """A declared topic that is spelled nearly the same is named in the remedy; anything else is not."""
    channels = {
        "recall": {"address": "pharmacy/recall", "messages": {}},
        "other": {"address": address, "messages": {}, "x-state": "undeclared"},
    }
    raw = {"asyncapi": "3.1.0", "info": {"title": "Ward", "version": "1"}, "channels": channels}
    document = Document(raw=raw)
    (found,) = [one for one in check(build(document), raw, today=TODAY) if one.rule == "topic-undeclared"]
    assert found.remedy == f"add a constant and a model to the contracts, or correct the topic{suggestion}"


def _side(rule: str, side: str) -> Path:
    return next(path for path in (FIXTURES / rule).iterdir() if path.stem == side)


def test_every_rule_has_a_fixture() -> None:
    """A rule without a fixture folder, or a folder without a rule, fails."""
    assert set(RULES) == set(every())


def test_rules_that_settings_may_name_are_those_that_look() -> None:
    """The ids against which portal.toml is checked are exactly those of the rules that are looked at."""
    assert set(every()) == FINDING_RULES


def test_every_rule_says_what_it_finds() -> None:
    """Every rule has a text of one sentence, and nothing but its id and text tells it apart."""
    texts = {rule: text for rule, (_, text) in every().items()}
    assert {rule for rule, text in texts.items() if not re.fullmatch(r"[A-Z`].{20,150}\.", text)} == set()
    assert len(set(texts.values())) == len(texts)


def test_no_rule_is_missing_from_the_catalogue() -> None:
    """Every rule id that the making and reading of documents spells is in the catalogue, and no other is."""
    spelled: set[str] = set()
    for file in (ROOT / "asyncapi").rglob("*.py"):
        if "checks" not in file.parts and "compare" not in file.parts:
            text = file.read_text(encoding="utf-8")
            spelled.update(re.findall(r'(?:rule=|"rule": |report\(|finding\(\s*)"([a-z]+(?:-[a-z]+)+)"', text))
            spelled.update(re.findall(r'_find\(\s*entry,\s*"([a-z-]+)"', text))
    assert spelled | set(map(rule_id, CODE_RULES)) == EXPORT_RULES.keys() | READING_RULES.keys()
    assert not IGNORE_RULES.keys() & spelled


QUIET = ("chat", "error-codes", "formats", "lift", "meter-billing", "meter-reader", "order-events", "relay")


@pytest.mark.parametrize("document", [*QUIET, "street-lights", "weather-topics"])
def test_foreign_documents_are_left_in_peace(document: str) -> None:
    """A document of one application, made by other tools, has no findings about ends that only a system has."""
    folder = FIXTURES.parent / "documents"
    assert told(findings(next(folder.glob(f"{document}.*")))) == []


def test_a_password_in_an_address_is_the_only_finding_of_the_brokers() -> None:
    """The brokers' document is quiet too, but for the one that has a password in its address."""
    found = findings(FIXTURES.parent / "documents" / "brokers.yaml")
    assert [(finding.rule, finding.pointer) for finding in found] == [("secret-in-contract", "/servers/secret/host")]
    assert "hunter2" not in repr(found)


ALIASED = """
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

TOPIC_GRAIN = "mill/grain"


class Grain(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)
    net_weight: int
"""


def test_nobody_is_told_how_a_message_is_dumped_that_nobody_is_seen_to_send(tmp_path: Path) -> None:
    """A model with aliases is no finding by itself; a sender that dumps it by name makes one of it."""
    (tmp_path / "mill.py").write_text(ALIASED, encoding="utf-8")
    (tmp_path / "apps/silo").mkdir(parents=True)
    (tmp_path / "portal.toml").write_text('contracts = ["mill"]\nservices = ["apps/*"]\n', encoding="utf-8")
    assert told(findings(tmp_path)) == []
    (tmp_path / "apps" / "silo" / "main.py").write_text(
        "import paho.mqtt.client as mqtt\nfrom mill import TOPIC_GRAIN, Grain\n\n"
        "mqtt.Client().publish(TOPIC_GRAIN, Grain(netWeight=1).model_dump_json(), qos=1)\n",
        encoding="utf-8",
    )
    assert [finding.rule for finding in findings(tmp_path)] == ["own-dump-rejected"]


def test_one_model_on_several_topics_is_rejected_once(tmp_path: Path) -> None:
    """A model that does not accept its own dump is one finding with all of its topics, not one for each of them."""
    made = ALIASED.replace("TOPIC_GRAIN", 'TOPIC_BRAN = "bran/level"\nTOPIC_HUSK = "husk/level"\nTOPIC_GRAIN', 1)
    (tmp_path / "mill.py").write_text(made, encoding="utf-8")
    (tmp_path / "apps/silo").mkdir(parents=True)
    (tmp_path / "portal.toml").write_text('contracts = ["mill"]\nservices = ["apps/*"]\n', encoding="utf-8")
    sends = "".join(
        f"mqtt.Client().publish({topic}, Grain(netWeight=1).model_dump_json(), qos=1)\n"
        for topic in ("TOPIC_GRAIN", "TOPIC_BRAN", "TOPIC_HUSK")
    )
    (tmp_path / "apps" / "silo" / "main.py").write_text(
        f"import paho.mqtt.client as mqtt\nfrom mill import *\n\n{sends}", encoding="utf-8"
    )
    (found,) = [finding for finding in findings(tmp_path) if finding.rule == "own-dump-rejected"]
    assert set(found.topics) == {"mill/grain", "bran/level", "husk/level"}
    assert "and 2 more topics is not what it accepts" in found.message


CHOICE = """
from pydantic import BaseModel

MILL_COMMAND = "mill/command"


class Start(BaseModel):
    speed: int


class Stop(BaseModel):
    at_once: bool


MillCommand = Start | Stop
"""


@pytest.mark.parametrize(
    ("contracts", "rules"), [(CHOICE, []), (CHOICE.replace("MillCommand", "Whatever"), ["several"])]
)
def test_a_named_choice_says_that_a_topic_carries_several_models(
    contracts: str, rules: list[str], tmp_path: Path
) -> None:
    """Where the contracts name the models of a topic together, two senders of two of them are no finding."""
    (tmp_path / "mill.py").write_text(contracts, encoding="utf-8")
    (tmp_path / "portal.toml").write_text('contracts = ["mill"]\nservices = ["apps/*"]\n', encoding="utf-8")
    (tmp_path / "apps" / "panel").mkdir(parents=True)
    (tmp_path / "apps" / "panel" / "main.py").write_text(
        "import paho.mqtt.client as mqtt\nfrom mill import MILL_COMMAND, Start, Stop\n\nclient = mqtt.Client()\n"
        "client.publish(MILL_COMMAND, Start(speed=1).model_dump_json(), qos=1)\n"
        "client.publish(MILL_COMMAND, Stop(at_once=True).model_dump_json(), qos=1)\n",
        encoding="utf-8",
    )
    assert [finding.rule.partition("-")[0] for finding in findings(tmp_path)] == rules


def test_the_example_workspace_is_clean() -> None:
    """The reference workspace has no findings at all."""
    assert told(findings(ROOT / "examples" / "py-tars")) == []

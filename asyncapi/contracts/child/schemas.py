"""The schemas of all models, in as few runs as are needed to know every difference."""

from __future__ import annotations

import inspect
import sys
import typing

from .classes import is_enum, lineage
from .core import core_schema, or_true, validators
from .declaring import declaring
from .entries import Entries
from .generator import CALLABLE, LOST, Generator
from .modes import Differences
from .pipe import Json
from .places import own_attribute
from .reasons import say
from .references import closure, definition_reference, drop_key, drop_titles, find_key, referenced, unescaped

if typing.TYPE_CHECKING:
    from .places import Module
    from .survey import Survey


class Schemas:
    """Generates the schemas of all models, tells what differs between modes, and says where each is written."""

    def __init__(self, survey: Survey, generics: frozenset[str]) -> None:
        self.survey, self.loader = survey, survey.loader
        self.described = Entries(survey, generics)
        self.payload: dict[str, Json] = {}
        self.accepted: dict[str, Json] = {}
        self.aliased: dict[str, Json] = {}
        self.symbols: dict[str, Json] = {}
        self.cores: dict[str, Json] = {}
        self.names: dict[str, str] = {}

    def models(self) -> list[Json]:
        entries = self.described.all()
        for entry in entries:
            self._core(entry)
        entries = [entry for entry in entries if entry["id"] in self.cores or self._is_meant(entry)]
        usable = [entry for entry in entries if entry["id"] in self.cores]
        self.entries = {entry["id"]: entry for entry in entries}
        affected = self._affected(usable)
        self.payload, deferred = self._generate(usable, "serialization", by_alias=False)
        if affected:
            self._others(affected)
        for entry in entries:
            if entry["id"] not in self.payload:
                self.payload[entry["id"]] = {"x-deferred": entry["id"]}
        for entry in filter(self._only_inside, entries):
            rest = self.payload.get(entry["id"], {}).get("additionalProperties")
            if isinstance(rest, bool):
                entry["extra"] = "allow" if rest else "forbid"
        self._report(deferred)
        for table in (self.payload, self.accepted, self.aliased) if deferred else ():
            drop_key(table, CALLABLE)
            drop_key(table, LOST)
        self._describe()
        self._locate()
        for entry in entries:
            entry.pop("class")
            entry["accepts"] = entry["id"] in affected and self._differs(entry["id"], self.accepted)
            entry["aliased"] = entry["id"] in affected and self._differs(entry["id"], self.aliased)
        self.accepted = closure(self.accepted, [entry["id"] for entry in entries if entry["accepts"]])
        self.aliased = closure(self.aliased, [entry["id"] for entry in entries if entry["aliased"]])
        for identity in self.cores:
            self._add_validators(identity)
        return entries

    def _add_validators(self, identity: str) -> None:
        """Name the functions of the team that check what is read; nobody else can say what these reject."""
        if found := validators(self.cores.get(identity, {})):
            for table in (self.payload, self.aliased):
                if "properties" in table.get(identity, {}):
                    table[identity]["x-validators"] = found

    def _core(self, entry: Json) -> None:
        try:
            self.cores[entry["id"]] = core_schema(entry["class"])
        except Exception as error:
            text = " ".join(str(error).split("\n\n")[0].split())
            if self._is_meant(entry):
                self._find(entry, "model-without-schema", f"{entry['id']} has no schema: {text[:300]}")

    def _is_meant(self, entry: Json) -> bool:
        """Say whether a class is meant to be sent: a model, or named by a declaration; a dataclass may be a tool."""
        return entry["kind"] == "pydantic" or entry["class"] in self.survey.values.row_models

    def _find(
        self, entry: Json, rule: str, message: str, field: str = "", remedy: str = "", severity: str = "warning"
    ) -> None:
        place = next((item for item in entry["fields"] if item["name"] == field), entry)
        self.survey.findings.append(
            {
                "rule": rule,
                "severity": severity,
                "message": message,
                "subject": f"{entry['id']}.{field}" if field else entry["id"],
                "remedy": remedy or "define every type that it names, or call model_rebuild() once they are",
                "file": place["file"],
                "symbol": place["symbol"],
                "line": place["line"],
            }
        )

    def _generate(self, entries: list[Json], mode: str, *, by_alias: bool) -> tuple[dict[str, Json], list[str]]:
        run = Generator(mode, by_alias, self.names)
        for entry in sorted(entries, key=self._only_inside):
            identity = entry["id"]
            try:
                result = run.generate_inner(self.cores[identity])
            except Exception as error:
                run.definitions[identity] = {"x-deferred": identity}
                if mode == "serialization" and not by_alias:
                    self._find(entry, "model-without-schema", f"{identity} has no schema: {say(error)}")
                continue
            reference = result.get("$ref", "")
            if reference != definition_reference(identity):
                run.definitions.setdefault(identity, result)
        definitions = {unescaped(name): schema for name, schema in run.definitions.items()}
        drop_titles(definitions)
        return definitions, run.deferred

    def _only_inside(self, entry: Json) -> bool:
        """Say whether a class takes its settings from the model around it: that one has to come first."""
        own = entry["kind"] == "pydantic" or hasattr(entry["class"], "__pydantic_config__")
        return not own and entry["class"] not in self.survey.values.row_models

    def _affected(self, entries: list[Json]) -> set[str]:
        """Return the ids of models whose modes, or dumps by alias, could differ."""
        walk = Differences()
        affected = {entry["id"] for entry in entries if or_true(walk.possible, self.cores[entry["id"]])}
        self.names = walk.names
        return affected

    def _others(self, affected: set[str]) -> None:
        entries = [self.entries[identity] for identity in self.entries if identity in affected]
        self.accepted, _ = self._generate(entries, "validation", by_alias=True)
        self.aliased, _ = self._generate(entries, "serialization", by_alias=True)

    def _differs(self, identity: str, others: dict[str, Json]) -> bool:
        seen, todo = set(), [identity]
        while todo:
            current = todo.pop()
            if current in seen:
                continue
            seen.add(current)
            if repr(others.get(current)) != repr(self.payload.get(current)):  # NaN is not equal to itself
                return True
            todo += referenced(others.get(current))
        return False

    def _report(self, deferred: list[str]) -> None:
        if not deferred:
            return
        for identity, schema in self.payload.items():
            entry = self.entries.get(identity)
            if entry is None or not isinstance(schema, dict):
                continue
            for name, part in (schema.get("properties") or {"": schema}).items():
                self._report_part(entry, name, part)

    def _report_part(self, entry: Json, name: str, part: Json) -> None:
        field = name if any(item["name"] == name for item in entry["fields"]) else ""
        label = f"{entry['id']}.{name}" if name else entry["id"]
        for kind in find_key(part, "x-deferred"):
            if kind != entry["id"]:
                message = f"{label} has a type without a JSON Schema: {kind}"
                self._find(
                    entry,
                    "type-without-schema",
                    message,
                    field,
                    "give it a serializer with a return type, or WithJsonSchema",
                )
        for default in find_key(part, LOST):
            message = f"the default of {label} cannot be written as JSON: {default}"
            remedy = "give it a default that JSON can spell, or say in its description what is meant"
            self._find(entry, "schema-default-lost", message, field, remedy, severity="note")
        for _ in find_key(part, CALLABLE):
            message = f"{label} is told apart by a function; other programs can only try the arms"
            self._find(entry, "callable-discriminator", message, field, "discriminate by a field that holds a literal")

    # ── where they are written ──

    def _describe(self) -> None:
        """Give properties without a description the docstring that follows the attribute in source."""
        for table in (self.payload, self.accepted, self.aliased):
            for identity, schema in table.items():
                value = self._class(identity)
                if value is None or not isinstance(schema, dict):
                    continue
                self._clean_description(value, schema)
                for key in declaring(getattr(value, "model_config", None)):
                    schema.pop(key, None)
                properties = schema.get("properties")
                if isinstance(properties, dict):
                    self._describe_fields(value, properties)

    def _clean_description(self, value: type, schema: Json) -> None:
        """Keep a dataclass's own docstring and not the signature that Python makes for it; Pydantics differ here."""
        outline = self.described.outline(value)
        if "__dataclass_fields__" not in vars(value) or outline is None:
            return
        if str(schema.get("description", "")).startswith(f"{value.__name__}("):
            del schema["description"]
        if outline.doc and "properties" in schema:
            schema.setdefault("description", outline.doc)

    def _describe_fields(self, value: type, properties: Json) -> None:
        for base in lineage(value):
            outline = self.described.outline(base)
            for binding in outline.bindings if outline is not None else ():
                if binding.doc and binding.annotation is not None:
                    for name in spellings_of(value, binding.name):
                        part = properties.get(name)
                        if isinstance(part, dict) and "description" not in part:
                            part["description"] = binding.doc

    def _class(self, identity: str) -> type | None:
        if identity in self.entries:
            return typing.cast("type", self.entries[identity]["class"])
        found = self._find_class(identity)
        return found[1] if found else None

    def _find_class(self, identity: str) -> tuple[Module, type] | None:
        """Return module and class of a definition id; a generic's own class for its parametrised forms."""
        steps = identity.partition("[")[0].split(".")
        for cut in range(len(steps) - 1, 0, -1):
            module = sys.modules.get(".".join(steps[:cut]))
            if module is None:
                continue
            value: typing.Any = module
            for step in steps[cut:]:
                value = inspect.getattr_static(value, step, None)
            return (self.described.module(value), value) if isinstance(value, type) else None
        return None

    def _locate(self) -> None:
        """Say where each definition is written, for those of the packages and of the workspace."""
        for identity in {**self.payload, **self.accepted, **self.aliased}:
            if identity in self.entries:
                entry = self.entries[identity]
                self.symbols[identity] = [entry["file"], entry["symbol"], entry["line"]]
            elif found := self._find_class(identity):
                module, value = found
                file = own_attribute(sys.modules.get(module.name), "__file__") or ""
                if module.name in self.survey.names or (file and self.loader.places.own(file)):
                    outline = self.described.outline(value)
                    if outline is not None:
                        self.symbols[identity] = [module.file, outline.qualname, outline.line]
                        if is_enum(value) and identity not in self.survey.members:
                            self.survey.keep_members(outline, value)


def spellings_of(value: type, name: str) -> list[str]:
    """Return every key under which a field can stand in a schema."""
    fields = getattr(value, "__pydantic_fields__", None) or getattr(value, "model_fields", None) or {}
    field = fields.get(name) if isinstance(fields, dict) else None
    found = [name]
    for alias in (
        getattr(field, "alias", None),
        getattr(field, "serialization_alias", None),
        getattr(field, "validation_alias", None),
    ):
        for choice in getattr(alias, "choices", [alias]):
            if isinstance(choice, str):
                found.append(choice)
    return found

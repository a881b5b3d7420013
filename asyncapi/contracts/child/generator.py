"""Schemas of models by Pydantic's own generator: our ids, no automatic titles, nothing that ends a whole run."""

from __future__ import annotations

import enum
import sys
import typing

from pydantic.json_schema import GenerateJsonSchema

from .core import own_function
from .limits import (
    ANY_DECIMAL,
    BOUNDS,
    DECIMAL,
    DIGITS,
    add_limits,
    key_type,
    length_as_text,
    named_positions,
    type_name,
)
from .pipe import Json
from .references import plain_reference
from .spellings import Spellings

NOT_FINITE = ["NaN", "Infinity", "-Infinity"]
CALLABLE, LOST = "x-callable-discriminator", "x-default-lost"  # marks that are taken off again


class Generator(GenerateJsonSchema):
    ignored_warning_kinds = {"skipped-choice", "non-serializable-default", "skipped-discriminator"}  # noqa: RUF012

    def __init__(self, mode: str, by_alias: bool, names: dict[str, str]) -> None:
        super().__init__(by_alias=True, ref_template="#/$defs/{model}")
        if not isinstance(getattr(GenerateJsonSchema, "mode", None), property):
            self.mode = mode  # type: ignore[misc,assignment]
        self._mode = mode  # type: ignore[assignment]
        self.wanted, self.dump_by_alias = mode, by_alias
        self.deferred: list[str] = []
        self.owners: dict[str, str] = {}
        self.extras: dict[str, str] = {}
        self.moved: dict[str, str] = {}
        self.names = names

    def generate_inner(self, schema: typing.Any) -> Json:
        """Give a plain class, which has its settings from the model around it, a definition for each of these."""
        if schema.get("type") in ("typed-dict", "dataclass") and "ref" in schema:
            extra = (schema.get("config") or {}).get("extra_fields_behavior") or "ignore"
            reference = schema["ref"]
            self.moved.pop(reference, None)
            if self.extras.setdefault(reference, extra) != extra:
                self.moved[reference] = f"{plain_reference(reference)}-{extra}"
                schema = {**schema, "ref": self.moved[reference]}
        result = super().generate_inner(schema)
        if self.wanted == "serialization" and result.get("writeOnly") and result.get("format") == "password":
            result = {key: value for key, value in result.items() if key not in ("minLength", "maxLength")}
        return result  # a secret is sent as a mask, which has a length of its own

    def get_cache_defs_ref_schema(self, core_ref: typing.Any) -> typing.Any:
        return super().get_cache_defs_ref_schema(self.moved.get(core_ref, core_ref))

    def get_defs_ref(self, core_mode_ref: typing.Any) -> typing.Any:
        reference, mode = core_mode_ref
        name = self.names.get(reference) or plain_reference(reference)
        if mode != self.wanted:
            name = f"{name}-{mode}"
        unique, count = name, 1
        while self.owners.setdefault(unique, reference) != reference:
            count += 1
            unique = f"{name}__{count}"
        self._prioritized_defsref_choices[unique] = [unique]  # type: ignore[index,list-item]
        return unique.replace("~", "~0").replace("/", "~1")

    def sort(self, value: Json, parent_key: str | None = None) -> Json:  # noqa: ARG002
        return value

    def field_title_should_be_set(self, schema: typing.Any) -> bool:  # noqa: ARG002
        return False

    def field_is_present(self, field: typing.Any) -> bool:
        """Leave out what a dataclass only takes when it is built, or never takes."""
        if field.get("init_only") if self.wanted == "serialization" else field.get("init") is False:
            return False
        return super().field_is_present(field)

    def handle_invalid_for_json_schema(self, schema: typing.Any, error_info: str) -> Json:
        name = type_name(schema, error_info)
        self.deferred.append(name)
        return {"x-deferred": name}

    def default_schema(self, schema: typing.Any) -> Json:
        """Mark defaults that JSON cannot spell: not a number, infinity, bytes that are no text, objects."""
        result = super().default_schema(schema)
        written = result.get("default")
        if isinstance(written, float) and written - written != 0:
            del result["default"]
        default = schema.get("default")
        if default is getattr(sys.modules["pydantic_core"], "MISSING", ...):  # stands for a field that is not there
            return result
        if "default" in schema and "default" not in result and not type(default).__module__.startswith("pydantic"):
            spelled = isinstance(default, (float, bytes))  # what others show of themselves may differ between runs
            result[LOST] = repr(default)[:80] if spelled else f"an object of {type(default).__qualname__}"
            self.deferred.append("default")
        return result

    def tagged_union_schema(self, schema: typing.Any) -> Json:
        result = super().tagged_union_schema(schema)
        if callable(schema["discriminator"]) and "oneOf" in result:
            self.deferred.append("discriminator")
            result["anyOf"] = result.pop("oneOf")
            result[CALLABLE] = True
        return result

    def ser_schema(self, schema: typing.Any) -> Json | None:
        """Say nothing of what a function of the team writes without saying what, and show a secret as its mask."""
        result = super().ser_schema(schema)
        if result is not None or schema["type"] != "function-plain":
            return result
        function = schema["function"]
        if getattr(function, "__module__", "") == "pydantic.types" and "_secret" in function.__name__:
            return {"type": "string"}
        if schema.get("return_schema") is None and (name := own_function(function)):
            return self.handle_invalid_for_json_schema({}, f"what {name} returns")
        return None

    def enum_schema(self, schema: typing.Any) -> Json:
        """Take every number for flags, which are sent combined."""
        result = super().enum_schema(schema)
        if issubclass(schema["cls"], enum.Flag) and "type" in result:
            result.pop("enum", None)
            result.pop("const", None)
        return result

    def bytes_schema(self, schema: typing.Any) -> Json:
        """Measure bytes as the text that they are written as."""
        way = "ser_json_bytes" if self.wanted == "serialization" else "val_json_bytes"
        return length_as_text(super().bytes_schema(schema), getattr(self._config, way, "utf8"))

    def float_schema(self, schema: typing.Any) -> Json:
        """Take the names of what is no number where the model writes them."""
        result = super().float_schema(schema)
        named = (
            getattr(self._config, "ser_json_inf_nan", None) == "strings" and schema.get("allow_inf_nan") is not False
        )
        return {"anyOf": [result, {"type": "string", "enum": NOT_FINITE}]} if named else result

    def decimal_schema(self, schema: typing.Any) -> Json:
        """Say what text a decimal is, which Pydantic does in some versions only, and what digits it may have."""
        result = super().decimal_schema(schema)
        for arm in result.get("anyOf", [result]):
            if arm.get("type") == "string":
                arm["format"] = "decimal"
                arm["pattern"] = ANY_DECIMAL if schema.get("allow_inf_nan") else DECIMAL
                add_limits(arm, schema, (*BOUNDS, "multiple_of", *DIGITS))
            elif arm.get("type") == "number":
                add_limits(arm, schema, DIGITS)
        return result

    def date_schema(self, schema: typing.Any) -> Json:
        """Say the bounds of a date, which Pydantic keeps to itself; those of other times below."""
        return add_limits(super().date_schema(schema), schema)

    def time_schema(self, schema: typing.Any) -> Json:
        return add_limits(super().time_schema(schema), schema)

    def datetime_schema(self, schema: typing.Any) -> Json:
        return add_limits(super().datetime_schema(schema), schema)

    def timedelta_schema(self, schema: typing.Any) -> Json:
        result = super().timedelta_schema(schema)
        return add_limits(result, schema) if result.get("type") == "string" else result

    def dict_schema(self, schema: typing.Any) -> Json:
        result = super().dict_schema(schema)
        if key := key_type(schema.get("keys_schema")):
            result["x-key-type"] = key
        if "keys_schema" in schema and "propertyNames" not in result and "patternProperties" not in result:
            self._name_keys(result, schema["keys_schema"])
        return result

    def _name_keys(self, result: Json, keys_schema: typing.Any) -> None:
        """Say what keys may be, which Pydantic does only since 2.10."""
        names = {key: value for key, value in self.generate_inner(keys_schema).items() if key != "title"}
        if "$ref" in names or (names.pop("type", None) == "string" and names):
            result["propertyNames"] = names

    def dataclass_schema(self, schema: typing.Any) -> Json:
        """Say that unknown fields are rejected, also where a plain dataclass has that from the model around it."""
        result = super().dataclass_schema(schema)
        extra = (schema.get("config") or {}).get("extra_fields_behavior")
        if extra == "forbid" and "properties" in result:
            result["additionalProperties"] = False
        return result

    def p_arguments_schema(self, arguments: typing.Any, var_args_schema: typing.Any) -> Json:
        """Give every position of a NamedTuple its name: before Pydantic 2.14 it is a call."""
        result = super().p_arguments_schema(arguments, var_args_schema)
        return named_positions(result, [argument["name"] for argument in arguments])

    def named_tuple_schema(self, schema: typing.Any) -> Json:
        """Give every position of a NamedTuple its name."""
        return named_positions(super().named_tuple_schema(schema), [field["name"] for field in schema["fields"]])

    def _get_alias_name(self, field: typing.Any, name: str) -> str:
        dumping = self.wanted == "serialization" and not self.dump_by_alias
        if dumping and not getattr(self._config, "serialize_by_alias", None):
            return name
        return super()._get_alias_name(field, name)

    def _named_required_fields_schema(self, named_required_fields: typing.Any) -> Json:
        result = super()._named_required_fields_schema(named_required_fields)
        if self.wanted == "validation":
            Spellings(self._config, result).widen(named_required_fields, self._get_alias_name)
        return result

"""What in a document looks like a secret, and the document without it.

Known forms of keys and passwords inside of addresses are found in every text; beyond that a value counts by the name
of its field. Randomness alone is no sign: identifiers, hashes and frames of a camera are random too.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, cast

from asyncapi.extensions import EXTENSIONS

MASK = "********"
Path = tuple[str, ...]
Trust = Literal["", "random", "told"]
Value = TypeVar("Value")

_MOST_SECRETS = 500  # each is looked for in every text of the document

_KEYS = re.compile(
    r"(?<![A-Za-z0-9_-])(?:A[KS]IA[0-9A-Z]{16}(?![0-9A-Z])|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{20,}"
    r"|xox[abeprs]-[\w-]{10,}|sk-(?=[\w-]*\d)(?=[\w-]*[A-Z])[\w-]{16,}|sk-[0-9a-f]{32,}|[sr]k_(?:live|test)_\w{16,}"
    r"|AIza[\w-]{35}|npm_[A-Za-z0-9]{36}|pypi-AgEI[\w-]{20,}|hf_[A-Za-z0-9]{30,}|dop_v1_[0-9a-f]{64}"
    r"|SG\.[\w-]{16,}\.[\w-]{16,}|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w.-]*)"
    r"|-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
    r".*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|\Z)",
    re.DOTALL,
)
_IN_ADDRESS = re.compile(r"(?P<before>://)[^\s/:@]{0,200}:(?P<secret>[^\s/@]{1,400})@")
_BEFORE_HOST = re.compile(r"(?P<before>\A)[^\s/:@]{0,200}:(?P<secret>[^\s/@]{1,400})@")
_ASSIGNED = re.compile(
    r"(?P<before>(?<![A-Za-z])(?:password|passwd|pwd|passphrase|secret|token|api_?key|access_?key|account_?key"
    r"|private_?key)=[\"']?)(?P<secret>[^\s&;,\"'<>#`]{4,})",
    re.IGNORECASE,
)
_BEARER = re.compile(
    r"(?P<before>\b(?:bearer|basic)\s{1,3})(?P<secret>(?=[^\s\d]{0,400}\d)[A-Za-z0-9._~+/=-]{20,400})", re.IGNORECASE
)
_SPELLED = (_IN_ADDRESS, _ASSIGNED, _BEARER)
_SIGNS = (
    *("AKIA", "ASIA", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "xox", "sk-", "sk_live_"),
    *("sk_test_", "rk_live_", "rk_test_", "AIza", "npm_", "pypi-AgEI", "hf_", "dop_v1_", "SG.", "eyJ", "-----BEGIN"),
)
_SPELLINGS = ("key=", "word=", "passwd=", "pwd=", "phrase=", "secret=", "token=", "bearer", "basic")
_NAMES = tuple(
    f'{word}"'
    for word in (
        *("password", "passwd", "pwd", "passphrase", "secret", "token", "psk", "credential", "credentials", "apikey"),
        *("secretkey", "accesskey", "accountkey", "privatekey", "signingkey", "encryptionkey", "sharedkey"),
        "connectionstring",
    )
)
_HOST = re.compile(r"\"host\": \"[^\"/@:]*:[^\"/@]*@")
_PASSWORD = re.compile(
    r"(?:^|_)(?:password|passwd|pwd|passphrase|secret|secret_key|api_?key|access_key|account_key|private_key|signing_key"
    r"|encryption_key|shared_key|psk|credentials?|connection_string)$"
)
_TOKEN = re.compile(
    r"(?:^|_)(?<!page_)(?<!next_)(?<!continuation_)(?<!sync_)(?<!resume_)(?<!cursor_)(?<!eos_)(?<!bos_)(?<!pad_)(?<!stop_)"
    r"(?<!unk_)(?<!mask_)(?<!start_)(?<!end_)token$"
)
_HARMLESS = re.compile(
    r"(?:|[*•x]+|<.*>|\$.*|%.*|.*\{.*\}.*|\[.*\]|.*\.\.\.|…|change[-_ ]?(?:me|it)|my[-_ ]?(?:password|secret|token)"
    r"|pass|password|passwd|pwd|secret|token|key|test|dummy|fake|example.*|your[-_ ].*|placeholder|redacted|masked"
    r"|hidden|todo|string|text|str|foo|bar|none|null|true|false|required|optional|unknown|n/a|-)",
    re.IGNORECASE | re.DOTALL,
)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_DISTINCT = re.compile(r"(?=.*\d)(?=.*[A-Za-z])\S{8,}|\S{20,}", re.DOTALL)

_OURS = frozenset(extension.name for extension in EXTENSIONS)
_FIELDS = frozenset(("properties", "patternProperties", "variables", "serverVariables", "parameters", "schemas"))
_NAMED = _FIELDS | {
    *("channels", "operations", "messages", "servers", "replies", "components", "$defs", "definitions"),
    *("operationTraits", "messageTraits", "securitySchemes", "dependentSchemas"),
}
_SAME_FIELD = frozenset(("anyOf", "oneOf", "allOf", "items", "prefixItems", "additionalProperties", "schema"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Masked:
    """A document without what looks like a secret; `spots` are where something was masked and what it was.

    `secrets` are the texts to keep out of everything else that is said of the document.
    """

    raw: Mapping[str, Any]
    spots: tuple[tuple[Path, str], ...] = ()
    secrets: tuple[str, ...] = ()

    def told(self, value: Value) -> Value:
        """Return any value made of dataclasses, tuples and JSON data without the document's secrets in its texts."""
        if not self.secrets:
            return value
        every = "\0".join(_texts(value))
        repeated = [secret for secret in self.secrets if secret in every]
        if not repeated and _without(every, _nothing) == every:
            return value

        def hidden(text: str) -> str:
            text = _without(text, _nothing)
            for secret in repeated:
                text = text.replace(secret, MASK)
            return text

        return cast("Value", _each_text(value, hidden))


def masked(raw: Mapping[str, Any]) -> Masked:
    """Return a document with everything masked that looks like a secret; the same object where nothing does."""
    spelled, named = _signs(raw)
    if not spelled and not named:
        return Masked(raw=raw)
    walk = _Walk(spelled=spelled)
    shown = walk.structure(raw, None, "")
    repeated = tuple(secret for secret in walk.secrets if _DISTINCT.fullmatch(secret))[:_MOST_SECRETS]
    if repeated:
        walk = _Walk(spelled=spelled, known=repeated)
        shown = walk.structure(raw, None, "")
    secrets = sorted((secret for secret in walk.secrets if len(secret) > 3), key=len, reverse=True)
    return Masked(raw=shown, spots=tuple(walk.spots), secrets=tuple(secrets[:_MOST_SECRETS]))


def _signs(raw: Mapping[str, Any]) -> tuple[bool, bool]:
    """Say whether any text can hold a secret of known form, and whether any field is named as one.

    Most documents are done with here, at a fraction of the cost of looking at every value.
    """
    text = json.dumps(raw, ensure_ascii=False, default=str)
    lowered = text.lower()
    squeezed = lowered.replace("_", "").replace("-", "").replace(".", "").replace(" ", "")
    spelled = _has_signs(text) or any(sign in lowered for sign in _SPELLINGS)
    return spelled, '"password"' in text or any(name in squeezed for name in _NAMES) or _HOST.search(text) is not None


def _has_signs(text: str) -> bool:
    return any(sign in text for sign in _SIGNS) or _IN_ADDRESS.search(text) is not None


def trust(name: str) -> Trust:
    """Return how far the name of a field makes its value a secret: any value, only one that looks random, or none."""
    lowered = name.lower()
    if "key" not in lowered and not any(
        word in lowered for word in ("pass", "pwd", "secret", "token", "cred", "psk", "conn")
    ):
        return ""
    plain = re.sub(r"[\s.-]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)).lower()
    return "told" if _PASSWORD.search(plain) else "random" if _TOKEN.search(plain) else ""


def _is_secret(value: str, trusted: Trust) -> bool:
    if not trusted or _harmless(value):
        return False
    return trusted == "told" or _looks_random(value)


def _harmless(value: str) -> bool:
    """Say whether a value only stands where a secret would be, such as `changeme` or `${TOKEN}`."""
    return len(value) <= 200 and _HARMLESS.fullmatch(value) is not None


def _looks_random(value: str) -> bool:
    """Say whether a value is long and mixed enough to have been drawn rather than written."""
    mixed = any(c.isdigit() for c in value) and any(c.isalpha() for c in value)
    return len(value) >= 16 and mixed and not any(map(str.isspace, value)) and not _UUID.fullmatch(value)


def _without(value: str, keep: Callable[[str], None]) -> str:
    """Return text without keys and passwords of a form that is known; each goes to `keep`."""
    lowered = value.lower()
    if not _has_signs(value) and not any(sign in lowered for sign in _SPELLINGS):
        return value

    def hidden(found: re.Match[str]) -> str:
        if _harmless(found["secret"]):
            return found[0]
        keep(found["secret"])
        return found["before"] + MASK + ("@" if found[0].endswith("@") else "")

    def key(found: re.Match[str]) -> str:
        keep(found[0])
        return MASK

    shown = _KEYS.sub(key, value)
    for pattern in _SPELLED:
        shown = pattern.sub(hidden, shown)
    return value if shown == value else shown


def _nothing(_secret: str) -> None:
    """Keep no secret."""


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, Mapping):
        yield from _texts(tuple(value.values()))
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        yield from _texts(tuple(getattr(value, field.name) for field in dataclasses.fields(value)))


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, tuple | list):
        return type(value)(_each_text(item, change) for item in value)
    if isinstance(value, Mapping):
        return {key: _each_text(item, change) for key, item in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = (field.name for field in dataclasses.fields(value) if field.init)
        return dataclasses.replace(value, **{name: _each_text(getattr(value, name), change) for name in fields})
    return value


_Place = tuple[Any, Any] | None


class _Walk:
    """Goes through a document once; places are pairs of the place around and the key, which cost nothing to make."""

    def __init__(self, *, spelled: bool, known: tuple[str, ...] = ()) -> None:
        self.spelled = spelled
        self.known = known
        self.secrets: dict[str, None] = {}
        self.spots: list[tuple[Path, str]] = []

    def structure(self, value: Any, at: _Place, name: str) -> Any:
        """Return a part of the document in which keys have the specification's meaning; `name` is that of a field."""
        if isinstance(value, str):
            return self.text(value, at)
        if isinstance(value, list):
            return _same(value, [self.structure(item, (at, index), name) for index, item in enumerate(value)])
        if not isinstance(value, Mapping):
            return value
        field: Trust = "told" if value.get("format") == "password" else trust(name) if name else ""
        return _same(value, {key: self._member(key, item, (at, key), name, field) for key, item in value.items()})

    def _member(self, key: str, item: Any, at: _Place, name: str, field: Trust) -> Any:
        if key == "$ref":
            return item
        if key in _NAMED and isinstance(item, Mapping):
            named = key in _FIELDS
            return _same(item, {k: self.structure(v, (at, k), k if named else "") for k, v in item.items()})
        if key in ("default", "const"):
            return self.data(item, at, "told" if field else "")
        if key in ("examples", "enum"):
            return self.data(item, at, field if key == "examples" else "")
        if key == "bindings" or (key.startswith("x-") and key not in _OURS):
            return self.data(item, at, trust(key))
        if key == "host" and isinstance(item, str):
            return self._spelled(item, at, _BEFORE_HOST)
        return self.structure(item, at, name if key in _SAME_FIELD else "")

    def data(self, value: Any, at: _Place, field: Trust) -> Any:
        """Return a value that is shown as it is: a default, an example, a binding; `field` is of the field it is in."""
        if isinstance(value, str):
            if _is_secret(value, field):
                self._keep(value, at)
                return MASK
            return self.text(value, at)
        if isinstance(value, list):
            return _same(value, [self.data(item, (at, index), field) for index, item in enumerate(value)])
        if isinstance(value, Mapping):
            return _same(value, {self.text(k, (at, k)): self.data(v, (at, k), trust(k)) for k, v in value.items()})
        return value

    def text(self, value: str, at: _Place) -> str:
        """Return text without what in it looks like a secret."""
        shown = _without(value, lambda secret: self._keep(secret, at)) if self.spelled else value
        for secret in self.known:
            if secret in shown:
                self._keep(secret, at)
                shown = shown.replace(secret, MASK)
        return shown

    def _spelled(self, value: str, at: _Place, pattern: re.Pattern[str]) -> str:
        found = pattern.match(value)
        if found is None or _harmless(found["secret"]):
            return self.text(value, at)
        self._keep(found["secret"], at)
        return f"{MASK}@{value[found.end() :]}"

    def _keep(self, secret: str, at: _Place) -> None:
        self.secrets[secret] = None
        self.spots.append((_path(at), secret))


def _path(at: _Place) -> Path:
    keys: list[str] = []
    while at is not None:
        keys.append(str(at[1]))
        at = at[0]
    return tuple(reversed(keys))


def _same(before: Any, after: Any) -> Any:
    """Return what was there before when nothing in it has changed, so that only what changed is new."""
    if isinstance(before, list):
        return before if all(a is b for a, b in zip(before, after, strict=True)) else after
    unchanged = len(before) == len(after) and all(after.get(key) is item for key, item in before.items())
    return before if unchanged else after

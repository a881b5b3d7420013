"""Documents written to hurt a reader of their pages: every one valid enough to be drawn, none may do anything.

`documents()` gives them by name. Each is built from a clean document by one attack, so that a failure names it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]

SCRIPTS = (
    "<script>alert(1)</script>",
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    "<a href=javascript:alert(1)>x</a>",
    "</title><script>alert(1)</script>",
    "</textarea></style></noscript><script>alert(1)</script>",
    "<!--><script>alert(1)</script-->",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<details open ontoggle=alert(1)>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<form action=//evil.example><button>x</button></form>",
    "{{ 7 * 7 }}{% raw %}{% endraw %}${7*7}#{7*7}",
    "{{ config.__class__.__mro__ }}",
    "\u003cscript\u003ealert(1)\u003c/script\u003e",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "` onmouseover=alert(1) x=`",
    "' autofocus onfocus=alert(1) x='",
    '" style="background:url(//evil.example)" x="',
    "</script><script>alert(1)</script>",
    "]]><script>alert(1)</script>",
)
LINKS = (
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:msgbox(1))",
    "[x](//evil.example/)",
    "![x](javascript:alert(1))",
    "![x](https://evil.example/pixel.png)",
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    "[x](file:///etc/passwd)",
    '[x](https://example.org "a\\" onmouseover=alert(1) b=\\"")',
)
CHARACTERS = {
    "rtl override": "safe\u202egnp.exe",
    "rtl isolate": "\u2067abc\u2069def",
    "zero width": "pay\u200bment\u200d\ufeff",
    "controls": "a\x00b\x07c\x1b[31md\x7f",
    "c1 controls": "a\x85b\x9bc",
    "line separators": "a\u2028b\u2029c",
    "half a surrogate": "a\ud83db",
    "combining": "Z" + "\u0335\u0321\u0337" * 200,
    "astral": "𝕳𝖊𝖑𝖑𝖔 👩‍👩‍👧‍👦",
    "one long word": "x" * 5_000,
    "many lines": "line\n" * 2_000,
    "spaces": " " * 3_000,
    "arabic": "مرحبا بالعالم",
    "tabs": "a\tb\tc",
}
NAMES = {
    "slashes": "a//b///c",
    "dots": "../../etc/passwd",
    "only dots": "./..",
    "dollar": "$SYS/broker/load",
    "wildcards": "a/+/b/#",
    "percent": "a/%2e%2e/%00/%",
    "query": "a?b=c&d=e#f",
    "backslash": "a\\..\\b",
    "upper and lower": "Alpha/ALPHA/alpha",
    "index": "a/index.html",
    "data": "a/index.json",
    "ending": "a/b.json",
    "empty": "",
    "slash": "/",
    "tilde": "~/~x/~~",
    "colon": "C:/con/nul",
    "quote": "a'b\"c`d",
    "long level": "a/" + "x" * 3_000,
    "many levels": "/".join("abcdefgh" * 30),
    "braces": "a/{/}/{}/{x}/{x}{y}",
    "unicode": "übung/日本/🤖",
    "space": "a b/ c /d",
    "windows": "aux/prn/com1.json",
}


def clean(
    *, text: str = "Nothing special.", name: str = "Thing", address: str = "a/b", service: str = "worker"
) -> Json:
    """Return a document in which one text, name, address and service stand wherever such a thing can stand."""
    schema: Json = {
        "type": "object",
        "title": text,
        "description": text,
        "properties": {
            name: {"type": "string", "description": text, "default": text, "examples": [text], "title": text},
            "choice": {"enum": [text, name], "x-enum-varnames": [text, name], "x-enum-descriptions": [text, text]},
            "fixed": {"const": text},
            "matched": {"type": "string", "pattern": text, "format": text},
            "either": {
                "oneOf": [
                    {"type": "object", "title": text, "description": text, "properties": {"kind": {"const": text}}},
                    {"type": "object", "title": name, "properties": {"kind": {"const": name}}},
                ],
                "x-discriminator": {"propertyName": "kind"},
            },
        },
        "required": [name],
        "x-declared-by": {name: f"src/{text}.py#{name}.{text}"},
    }
    operation: Json = {
        "action": "send",
        "title": text,
        "summary": text,
        "description": text,
        "channel": {"$ref": "#/channels/one"},
        "messages": [{"$ref": "#/channels/one/messages/m"}],
        "bindings": {"mqtt": {"qos": 1, "retain": True, "bindingVersion": "0.2.0"}},
        "tags": [{"name": text}],
        "x-service": service,
        "x-sites": [{"source": f"src/{text}#{text}", "handler": text, "environment": text, "steps": [text]}],
        "x-unknown": text,
    }
    received = {**operation, "action": "receive", "x-filter": text, "x-service": f"{service} 2"}
    return {
        "asyncapi": "3.1.0",
        "id": "urn:x",
        "info": {
            "title": text,
            "version": text[:60],
            "description": text,
            "contact": {"name": text, "url": "javascript:alert(1)"},
            "license": {"name": text},
            "x-source-url": "javascript:alert('{file}{line}')",
            "x-services": {
                service: {"summary": text, "owner": text, "contact": text, "repository": "javascript:alert(1)"}
            },
            "x-policy": {"classes": {text[:40]: {"qos": 1, "retain": False, "description": text}}, "topic_name": text},
            "x-flows": {
                text[:60]: {
                    "summary": text,
                    "carries": text,
                    "steps": [
                        {"sender": service, "topic": address, "receiver": f"{service} 2", "when": text},
                        {"sender": text, "topic": text, "receiver": text, "alternative": True, "when": text},
                    ],
                }
            },
            "x-findings": [
                {
                    "rule": "odd",
                    "severity": "error",
                    "message": text,
                    "remedy": text,
                    "subject": address,
                    "source": text,
                }
            ],
            "x-undelivered": [{"service": service, "filter": text, "source": text}],
        },
        "servers": {"broker": {"host": "broker.example.org", "protocol": "mqtt", "description": text}},
        "channels": {
            "one": {
                "address": address,
                "title": text,
                "summary": text,
                "description": text,
                "messages": {"m": {"$ref": "#/components/messages/M"}},
                "parameters": {"x": {"description": text, "enum": [text], "default": text, "examples": [text]}},
                "x-class": text[:40],
                "x-owner": text,
                "x-contact": text,
                "x-state": "deprecated",
                "x-replaced-by": text,
                "x-remove-after": text,
                "x-event-type": text,
                "x-correlation": [text],
                "x-replies": [{"topic": text, "field": text, "answer_field": text}],
                "x-evidence": [{"fact": text, "value": text, "by": text, "source": text, "confidence": 0.5}],
                "x-source": f"src/{text}#{text}",
                "x-odd": {text: [text]},
            }
        },
        "operations": {"one": operation, "two": received},
        "components": {
            "messages": {
                "M": {
                    "name": name,
                    "title": text,
                    "summary": text,
                    "description": text,
                    "contentType": text[:100],
                    "payload": {"$ref": "#/components/schemas/S"},
                    "headers": schema,
                    "tags": [{"name": text}],
                    "correlationId": {"location": f"$message.payload#/{text}", "description": text},
                    "examples": [{"name": text, "summary": text, "payload": {name: text, "fixed": text}}],
                    "x-source": f"src/{text}.py#{text}",
                }
            },
            "schemas": {"S": schema},
        },
    }


def documents() -> Iterator[tuple[str, Json]]:
    """Yield every hostile document with its name."""
    for number, text in enumerate(SCRIPTS):
        yield f"script {number} in texts", clean(text=text)
        yield f"script {number} in names", clean(name=text, address=f"a/{text}", service=text)
    for number, text in enumerate(LINKS):
        yield f"link {number}", clean(text=text)
    for title, text in CHARACTERS.items():
        yield f"{title} in texts", clean(text=text)
        yield f"{title} in names", clean(name=text, address=f"a/{text}", service=text)
    for title, text in NAMES.items():
        yield f"address: {title}", clean(address=text, name=text or "-", service=text or "-")
    for title, attack in _STRUCTURES.items():
        yield title, attack(clean())


def _with_schema(schema: Any) -> Callable[[Json], Json]:
    def attack(document: Json) -> Json:
        document["components"]["schemas"]["S"] = copy.deepcopy(schema)
        return document

    return attack


def _nested(depth: int, wrap: Callable[[Any], Any]) -> Any:
    value: Any = {"type": "string"}
    for _ in range(depth):
        value = wrap(value)
    return value


def _endless(document: Json) -> Json:
    schemas = document["components"]["schemas"]
    schemas["S"] = {"$ref": "#/components/schemas/S"}
    schemas["A"] = {"allOf": [{"$ref": "#/components/schemas/B"}]}
    schemas["B"] = {"anyOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/S"}]}
    return document


def _wrong_types(document: Json) -> Json:
    for value in document["channels"]["one"], document["operations"]["one"], document["components"]["messages"]["M"]:
        for key in list(value):
            if key not in ("channel", "action", "payload", "address", "messages"):
                value[key] = [None, 7, {"a": []}, "x", True][len(key) % 5]
    document["info"]["x-services"] = [1, 2]
    document["info"]["x-flows"] = {"f": {"steps": [{"service": 3}, "x", None]}}
    return document


def _many_topics(document: Json) -> Json:
    channel = document["channels"]["one"]
    document["channels"] |= {f"c{i}": {**channel, "address": f"t/{i}"} for i in range(500)}
    return document


def _bad_references(document: Json) -> Json:
    document["channels"]["one"]["messages"]["n"] = {"$ref": "https://evil.example/doc.json#/x"}
    document["channels"]["one"]["messages"]["o"] = {"$ref": "file:///etc/passwd"}
    document["channels"]["one"]["messages"]["p"] = {"$ref": "#/nowhere/~1/~0/%"}
    document["components"]["schemas"]["S"]["properties"]["far"] = {"$ref": "//evil.example"}
    return document


_RECURSION: Json = {
    "type": "object",
    "properties": {f"p{i}": {"$ref": "#/components/schemas/S"} for i in range(12)},
}
_STRUCTURES: dict[str, Callable[[Json], Json]] = {
    "endless references": _endless,
    "wide recursion": _with_schema(_RECURSION),
    "deep properties": _with_schema(_nested(25, lambda inner: {"type": "object", "properties": {"x": inner}})),
    "deep lists": _with_schema(_nested(30, lambda inner: {"type": "array", "items": inner})),
    "deep unions": _with_schema(_nested(12, lambda inner: {"anyOf": [inner, {"type": "null"}, inner]})),
    "huge enum": _with_schema({"enum": [f"value {i}" for i in range(20_000)]}),
    "ten thousand fields": _with_schema(
        {"type": "object", "properties": {f"field_{i}": {"type": "string"} for i in range(10_000)}}
    ),
    "description of a megabyte": _with_schema({"type": "object", "description": "word **bold** [ ( " * 60_000}),
    "a million brackets": _with_schema({"type": "string", "description": "[" * 1_000_000}),
    "quotes in quotes": _with_schema({"type": "string", "description": ">" * 30_000}),
    "stars": _with_schema({"type": "string", "description": "*a_ " * 30_000}),
    "tables": _with_schema({"type": "string", "description": "|a|b|\n|-|-|\n" + "|x|y|\n" * 5_000}),
    "slow pattern": _with_schema({"type": "string", "pattern": "^(a+)+$", "default": "a" * 40 + "!"}),
    "schema is a list": _with_schema([1, 2, 3]),
    "schema is false": _with_schema(False),
    "odd keywords": _with_schema(
        {"type": 7, "properties": [], "required": {}, "enum": 5, "minimum": "x", "items": True, "anyOf": {}}
    ),
    "numbers": _with_schema({"type": "number", "minimum": -1e308, "maximum": 10**400, "multipleOf": 0}),
    "wrong types everywhere": _wrong_types,
    "five hundred topics on one message": _many_topics,
    "references to strangers": _bad_references,
}

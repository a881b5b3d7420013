"""Plausible values for a field: by its format, else by the words of its name. Equal on every run and machine."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

UNIX_TIME = 1_767_261_600  # 2026-01-01T10:00:00Z
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_IDS = frozenset(("id", "ids", "uuid", "guid", "key", "token", "hash"))

_FORMATS: Mapping[str, str] = {
    "date-time": "2026-01-01T10:00:00Z",
    "date": "2026-01-01",
    "time": "10:00:00Z",
    "duration": "PT1M30S",
    "email": "ada@example.org",
    "idn-email": "ada@example.org",
    "name-email": "Ada <ada@example.org>",
    "hostname": "host.example.org",
    "idn-hostname": "host.example.org",
    "ipv4": "192.0.2.10",
    "ipv6": "2001:db8::10",
    "ipvanyaddress": "192.0.2.10",
    "ipv4network": "192.0.2.0/24",
    "ipv6network": "2001:db8::/32",
    "ipvanynetwork": "192.0.2.0/24",
    "ipv4interface": "192.0.2.10/24",
    "ipv6interface": "2001:db8::10/32",
    "ipvanyinterface": "192.0.2.10/24",
    "uri": "https://example.org/item",
    "iri": "https://example.org/item",
    "uri-reference": "/item",
    "iri-reference": "/item",
    "uri-template": "/items/{id}",
    "multi-host-uri": "https://example.org/item",
    "json-pointer": "/items/0",
    "relative-json-pointer": "0/name",
    "regex": "^[a-z]+$",
    "path": "data/file.bin",
    "file-path": "data/file.bin",
    "directory-path": "data",
    "binary": "data",
    "byte": "aGVsbG8=",
    "base64": "aGVsbG8=",
    "base64url": "aGVsbG8=",
    "password": "********",
    "decimal": "12.50",
    "json-string": "{}",
    "zoneinfo": "Europe/Berlin",
    "color": "#3366cc",
    "phone": "+1 202-555-0143",
    "ulid": "01KDVVTVG0000000000000000A",
}

_TEXTS: Mapping[str, str] = {
    "action": "start",
    "address": "192.0.2.10",
    "amount": "12.50",
    "at": "2026-01-01T10:00:00Z",
    "balance": "12.50",
    "body": "Good morning.",
    "category": "general",
    "city": "Berlin",
    "code": "ok",
    "color": "#3366cc",
    "colour": "#3366cc",
    "command": "start",
    "comment": "Works as expected.",
    "content": "Good morning.",
    "cost": "12.50",
    "country": "DE",
    "currency": "EUR",
    "data": "example",
    "date": "2026-01-01",
    "description": "A short description.",
    "detail": "Nothing unusual.",
    "details": "Nothing unusual.",
    "email": "ada@example.org",
    "encoding": "utf-8",
    "error": "timed out",
    "event": "started",
    "exception": "TimeoutError",
    "file": "data/file.bin",
    "filename": "file.bin",
    "format": "json",
    "host": "host.example.org",
    "hostname": "host.example.org",
    "image": "aGVsbG8=",
    "ip": "192.0.2.10",
    "kind": "default",
    "label": "main",
    "lang": "en",
    "language": "en",
    "level": "info",
    "locale": "en-GB",
    "location": "living room",
    "mac": "02:00:5e:10:00:01",
    "message": "Good morning.",
    "method": "get",
    "mime": "text/plain",
    "mode": "auto",
    "model": "default",
    "msg": "Good morning.",
    "name": "example",
    "note": "Works as expected.",
    "path": "data/file.bin",
    "phone": "+1 202-555-0143",
    "price": "12.50",
    "prompt": "What time is it?",
    "query": "What time is it?",
    "question": "What time is it?",
    "reason": "requested",
    "response": "Good morning.",
    "role": "user",
    "room": "living room",
    "sender": "sensor-1",
    "source": "sensor-1",
    "speaker": "ada",
    "state": "ready",
    "status": "ok",
    "summary": "A short summary.",
    "tag": "example",
    "tags": "example",
    "target": "device-1",
    "text": "Good morning.",
    "time": "2026-01-01T10:00:00Z",
    "timestamp": "2026-01-01T10:00:00Z",
    "timezone": "Europe/Berlin",
    "title": "Example",
    "topic": "example/topic",
    "total": "12.50",
    "ts": "2026-01-01T10:00:00Z",
    "type": "default",
    "unit": "celsius",
    "uri": "https://example.org/item",
    "url": "https://example.org/item",
    "user": "ada",
    "username": "ada",
    "value": "12.5",
    "version": "1.0.0",
    "voice": "default",
}

_NUMBERS: Mapping[str, float] = {
    "age": 30,
    "altitude": 34.0,
    "amount": 12.5,
    "angle": 45,
    "at": UNIX_TIME,
    "attempt": 1,
    "attempts": 1,
    "azimuth": 90,
    "battery": 80,
    "brightness": 50,
    "channel": 1,
    "channels": 1,
    "confidence": 0.92,
    "count": 3,
    "created": UNIX_TIME,
    "day": 15,
    "delay": 0.5,
    "distance": 1.5,
    "duration": 1.5,
    "end": 1.5,
    "expires": UNIX_TIME,
    "fps": 30,
    "frequency": 50,
    "heading": 90,
    "height": 480,
    "hour": 10,
    "humidity": 45,
    "index": 0,
    "lat": 52.52,
    "latency": 0.12,
    "latitude": 52.52,
    "length": 10,
    "limit": 10,
    "lon": 13.405,
    "longitude": 13.405,
    "minute": 30,
    "month": 6,
    "ms": 250,
    "offset": 0,
    "page": 1,
    "percent": 50,
    "percentage": 50,
    "port": 1883,
    "pressure": 1013.25,
    "price": 12.5,
    "priority": 1,
    "probability": 0.92,
    "progress": 0.5,
    "quality": 80,
    "rate": 16000,
    "ratio": 0.5,
    "retries": 3,
    "rssi": -60,
    "score": 0.92,
    "second": 30,
    "seconds": 1.5,
    "seq": 1,
    "sequence": 1,
    "similarity": 0.92,
    "size": 1024,
    "speed": 1.0,
    "start": 0.5,
    "temperature": 21.5,
    "threshold": 0.5,
    "time": UNIX_TIME,
    "timeout": 5,
    "timestamp": UNIX_TIME,
    "total": 3,
    "ts": UNIX_TIME,
    "ttl": 60,
    "updated": UNIX_TIME,
    "uptime": 3600,
    "usage": 0.25,
    "version": 1,
    "voltage": 3.7,
    "volume": 0.5,
    "weight": 1.5,
    "width": 640,
    "year": 2026,
}


def formatted(form: str, name: str) -> str | None:
    """Return text of a format, or None for one that is unknown; a UUID is the same wherever its field name is."""
    if form.startswith("uuid"):
        return _uuid(name, form[4:] or "4")
    return _FORMATS.get(form)


def text(name: str) -> str:
    """Return text for a field: `request_id` → `request-1`, so that equal names tie examples together."""
    words = _split(name)
    for index in range(len(words) - 1, -1, -1):
        if words[index] in _IDS:
            return f"{'-'.join(words[:index]) or 'item'}-1"
        if words[index] in _TEXTS:
            return _TEXTS[words[index]]
    return "text"


def number(name: str, whole: bool) -> float:
    """Return a number for a field, an int where it must be whole."""
    for word in reversed(_split(name)):
        if word in _NUMBERS:
            return int(_NUMBERS[word]) if whole else _NUMBERS[word]
    return 1 if whole else 0.5


def anything(name: str) -> Any:
    """Return a value where every value is allowed."""
    words = _split(name)
    return text(name) if words and (words[-1] in _TEXTS or words[-1] in _IDS) and words[-1] != "data" else {}


def _split(name: str) -> list[str]:
    return [word.lower() for word in _WORDS.findall(name)]


def _uuid(name: str, version: str) -> str:
    digits = hashlib.sha256(name.encode()).hexdigest()[:32]
    digits = f"{digits[:12]}{version[0]}{digits[13:16]}a{digits[17:]}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

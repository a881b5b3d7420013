"""How a text must look to be a topic, and how the many styles of placeholders become `{parameters}`."""

from __future__ import annotations

import re

from asyncapi.topics import PARAMETER, is_filter, parameters

_LEVEL = re.compile(r"[\w.:@$&~=,;!-]+")
_SPACED = re.compile(r"[\w.:@$&~=,;!-]+(?: [\w.:@$&~=,;!-]+){1,2}")
_DRIVE = re.compile(r"[A-Za-z]:")
_ENDING = re.compile(
    r"\.(?:bin|cfg|conf|crt|css|csv|db|gz|html?|ini|jpe?g|js|json|key|log|md|mp[34]|onnx|pdf|pem|png|proto|py|pt|sh|sql"
    r"|sqlite|svg|tar|toml|txt|wav|xml|ya?ml|zip)$",
    re.IGNORECASE,
)
_ZONE = re.compile(
    r"(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific|Etc|US)(?:/[A-Z]\w*[\w+-]*)+"
)
_BROKER = re.compile(r"\$\w+/")
_MEDIA = re.compile(r"(application|audio|font|image|message|model|multipart|text|video)/[\w.+-]+")
_PERCENT = re.compile(r"%(?:\((?P<name>\w+)\))?[-+0 #]*\d*(?:\.\d+)?[sdrifxX]")
_BRACES = re.compile(r"\{(?P<name>[^{}:!/]*)(?:![rsa])?(?::[^{}/]*)?\}")
_ANGLES = re.compile(r"<(?P<name>\w[\w -]*)>")
_COLON = re.compile(r"(?:(?<=/)|^):(?P<name>[A-Za-z]\w*)(?=/|$)")
_DOLLAR = re.compile(r"\$\{(?P<name>\w+)\}")
PLACEHOLDER_FALLBACK = "name"
TOPIC_WORDS = frozenset({"topic", "topics"})


def words(name: str) -> tuple[str, ...]:
    """Split `TOPIC_LAMP_STATE`, `stateTopic` or `DeviceTopics` into lower-case words."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return tuple(word.lower() for word in re.split(r"[\W_]+", spaced) if word)


def is_key(text: str) -> bool:
    """Say whether a text is the name under which something else holds a topic: `CONF_STATE_TOPIC = "state_topic"`."""
    return "/" not in text and not TOPIC_WORDS.isdisjoint(words(text))


def normalise(text: str) -> str:
    """Return a topic with every placeholder as `{name}`; nameless ones are named after the level before them.

    `devices/%s/state`, `devices/{}/state`, `devices/{0:04d}/state` give `devices/{device}/state`;
    `<id>`, `:id`, `${id}` and `%(id)s` give `{id}`.
    """
    for pattern in (_DOLLAR, _PERCENT, _ANGLES, _COLON):
        text = pattern.sub(lambda match: "{" + _identifier(match["name"] or "") + "}", text)
    text = _BRACES.sub(lambda match: "{" + _identifier(match["name"]) + "}", text)
    return _name_the_nameless(text) if "{}" in text else text


def _identifier(name: str) -> str:
    """Return a parameter name made of letters, digits and underscores; positions count as nameless."""
    return "" if name.isdigit() else re.sub(r"\W+", "_", name).strip("_")


def _name_the_nameless(text: str) -> str:
    used = set(PARAMETER.findall(text))
    done: list[str] = []
    for level in text.split("/"):
        while "{}" in level:
            name = _unused(_singular(done[-1] if done else ""), used)
            level = level.replace("{}", "{" + name + "}", 1)
        done.append(level)
    return "/".join(done)


def _singular(level: str) -> str:
    words = [word for word in re.findall(r"[a-z][a-z0-9]*", level.lower()) if len(word) > 1]
    if not words or "{" in level:
        return PLACEHOLDER_FALLBACK
    name = "_".join(words)
    if name.endswith("ies") and len(name) > 4:
        return name[:-3] + "y"
    return name[:-1] if name.endswith("s") and not name.endswith(("ss", "us", "is")) and len(name) > 3 else name


def _unused(name: str, used: set[str]) -> str:
    candidate, count = name, 1
    while candidate in used:
        count += 1
        candidate = f"{name}{count}"
    used.add(candidate)
    return candidate


def is_topic(text: str) -> bool:
    """Say whether a normalised text has the shape of an address, a template, a prefix or a filter."""
    if not text or len(text) > 1000 or "://" in text or text == "/" or text.startswith("//"):
        return False
    levels = text.rstrip("/").split("/") if text != "/" else [""]
    if text.startswith("/"):
        levels = levels[1:]
    if not all(_is_level(level) for level in levels) and not _is_spaced(levels):
        return False
    return "#" not in levels[:-1] and (is_filter(text) or re.search(r"[A-Za-z0-9}]", text) is not None)


def fault(text: str) -> str:
    """Return why no broker takes a normalised text for a topic or a filter; empty where one does."""
    levels = PARAMETER.sub("x", text).split("/")
    if "\0" in text:
        return "it holds a NUL"
    if "#" in levels[:-1]:
        return "levels come after its #"
    wrong = next((level for level in levels if len(level) > 1 and re.search(r"[+#]", level)), "")
    return f"a wildcard is a whole level, and {wrong} is more" if wrong else ""


def _is_level(level: str) -> bool:
    if level in ("+", "#"):
        return True
    bare = PARAMETER.sub("", level)
    return (bare != level and not bare) or _LEVEL.fullmatch(bare) is not None


def _is_spaced(levels: list[str]) -> bool:
    """Say whether levels are those of a topic with spaces: three or more, some without, and no sentence among them."""
    spaced = [level for level in levels if not _is_level(level)]
    return 2 < len(levels) > len(spaced) and all(_SPACED.fullmatch(PARAMETER.sub("x", level)) for level in spaced)


def resembles_topic(text: str) -> bool:
    """Say whether a text has levels as a topic has them, in any letters, and is nothing else that is spelled so.

    Files, media types, time zones, drives and plain pairs of words such as `n/a` are left out.
    """
    levels = [level for level in PARAMETER.sub("", text.rstrip("/")).split("/") if level not in ("", "+", "#")]
    if "/" not in text.strip("/") or text.startswith("/") or not levels or not is_topic(text):
        return False
    if _MEDIA.fullmatch(text) or _ZONE.fullmatch(text) or _DRIVE.fullmatch(levels[0]) or _ENDING.search(text):
        return False
    return all(re.search(r"[^\W\d]", level) for level in levels[:1]) and sum(map(len, levels)) > 3


def tells_topic(text: str) -> bool:
    """Say whether a text that resembles a topic can hardly be something else: wildcards, parameters, `$SYS/`."""
    if not resembles_topic(text):
        return False
    fixed = [level for level in text.rstrip("/").split("/") if level not in ("+", "#") and not parameters(level)]
    if _BROKER.match(text) or is_filter(text):
        return bool(fixed)
    return bool(parameters(text)) and " " not in text and (len(fixed) > 1 or looks_like_topic(text))


def looks_like_topic(text: str) -> bool:
    """Say whether a text can be taken for a topic though no name says so: levels of lower-case words.

    Paths, media types, units, dates and addresses of hosts look similar and are left out.
    """
    if "/" not in text.strip("/") or text.startswith("/") or not is_topic(text) or _MEDIA.fullmatch(text):
        return False
    if _ENDING.search(text):
        return False
    plain = [PARAMETER.sub("", level) for level in text.rstrip("/").split("/")]
    words = [level for level in plain if level and level not in ("+", "#")]
    return bool(words) and all(re.fullmatch(r"[a-z$][a-z0-9_.-]+", word) for word in words)

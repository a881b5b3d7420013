"""Documents to draw pages from: a small greenhouse with everything in it, and systems of any size.

Built as plain AsyncAPI data, so that pages are tested through the same reader that strangers' documents take.
"""

from __future__ import annotations

import copy
from typing import Any

from asyncapi.documents.document import Document
from asyncapi.view import build
from asyncapi.view.registry import Registry

Json = dict[str, Any]


def greenhouse() -> Json:
    """Return a document of six topics: services, delivery, replies, an envelope, unions, recursion, findings."""
    return copy.deepcopy(_GREENHOUSE)


def registry(document: Json | None = None) -> Registry:
    """Return the view of a document, of the greenhouse when none is given."""
    return build(Document(raw=document if document is not None else greenhouse(), source="greenhouse.yaml"))


def generated(topics: int, *, fields: int = 10, services: int = 0) -> Json:
    """Return a document with this many topics, each with a message of its own and two or three services."""
    count = services or max(4, topics // 10)
    names = [f"{_WORDS[i % len(_WORDS)]}-{_ROLES[i // len(_WORDS) % len(_ROLES)]}-{i}" for i in range(count)]
    channels: Json = {}
    operations: Json = {}
    messages: Json = {}
    schemas: Json = {}
    for i in range(topics):
        key, channel = f"Message{i}", f"channel{i}"
        schemas[key] = _generated_schema(i, fields)
        messages[key] = {
            "name": key,
            "summary": f"Tells what {_WORDS[i % len(_WORDS)]} number {i} has seen.",
            "contentType": "application/json",
            "payload": {"$ref": f"#/components/schemas/{key}"},
        }
        channels[channel] = {
            "address": f"{_WORDS[i % len(_WORDS)]}/{_VERBS[i // len(_WORDS) % len(_VERBS)]}/unit_{i}",
            "messages": {key: {"$ref": f"#/components/messages/{key}"}},
            "x-class": ("event", "state", "stream", "command")[i % 4],
        }
        for action, service in (("send", i), ("receive", i + 1), ("receive", i + 2)):
            name = names[service % count]
            operations[f"{name.replace('-', '_')}_{action}_{channel}"] = _operation(name, action, channel, key, i)
    return {
        "asyncapi": "3.1.0",
        "info": {"title": f"{topics} topics", "version": "1.0.0"},
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": schemas},
    }


def neighbour(host: str = "broker.example.org") -> Json:
    """Return another system on the greenhouse's broker: it reads one of its topics well, one badly, and has its own."""
    payload = {"type": "object", "properties": {"seconds": {"type": "string"}}, "required": ["seconds"]}
    document: Json = {
        "asyncapi": "3.1.0",
        "info": {"title": "Neighbour", "version": "2.0.0"},
        "servers": {"broker": {"host": host, "protocol": "mqtt"}},
        "channels": {},
        "operations": {},
        "components": {"messages": {}, "schemas": {"Anything": {}, "Seconds": payload}},
    }
    for key, address, action, schema in (
        ("measured", "climate/{where}/measured", "receive", "Anything"),
        ("command", "valve/command", "receive", "Seconds"),
        ("doorbell", "doorbell/rung", "send", "Anything"),
    ):
        document["components"]["messages"][key] = {"name": schema, "payload": _ref(schema)}
        document["channels"][key] = _channel(address, key)
        if "{" in address:
            document["channels"][key]["parameters"] = {"where": {}}
        document["operations"][f"porter_{action}_{key}"] = _uses("porter", action, key, key, qos=1)
    return document


def shrunk() -> Json:
    """Return an earlier greenhouse, in which fields, a QoS and an address were others."""
    document = greenhouse()
    schemas = document["components"]["schemas"]
    schemas["Measurement"]["properties"]["humidity"] = {"type": "number"}
    schemas["Measurement"]["required"].append("humidity")
    del schemas["ValveCommand"]["properties"]["seconds"]
    sensor = next(one for one in document["operations"].values() if one["action"] == "send")
    sensor["bindings"]["mqtt"]["qos"] = 0
    document["channels"]["climateRaw"]["address"] = "weather/outside"
    document["channels"]["climateRaw"].pop("parameters", None)
    return document


_WORDS = ("pump", "valve", "fan", "lamp", "tank", "probe", "door", "heater", "mixer", "drain")
_ROLES = ("control", "monitor", "gateway", "archive")
_VERBS = ("state", "set", "measured", "alarm", "log", "request", "response", "config", "raw", "health")


def _generated_schema(number: int, fields: int) -> Json:
    kinds: list[Json] = [
        {"type": "string", "format": "uuid"},
        {"type": "number", "minimum": 0, "maximum": 100},
        {"type": "integer", "minimum": 0, "default": 1},
        {"anyOf": [{"type": "string", "maxLength": 80}, {"type": "null"}], "default": None},
        {"type": "string", "enum": ["low", "normal", "high"]},
    ]
    properties = {
        f"{_WORDS[i % len(_WORDS)]}_{i}": {**kinds[i % len(kinds)], "description": f"What field {i} of {number} says."}
        for i in range(fields)
    }
    return {
        "type": "object",
        "properties": properties,
        "required": [name for i, name in enumerate(properties) if i % 5 in (0, 1)],
        "additionalProperties": False,
    }


def _operation(service: str, action: str, channel: str, message: str, number: int) -> Json:
    binding: Json = {"qos": number % 3, "bindingVersion": "0.2.0"}
    if action == "send":
        binding["retain"] = number % 4 == 1
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{message}"}],
        "bindings": {"mqtt": binding},
        "x-service": service,
    }


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _channel(address: str | None, *messages: str, **rest: Any) -> Json:
    return {
        "address": address,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
        **{name.replace("__", "-"): value for name, value in rest.items()},
    }


def _uses(service: str, action: str, channel: str, *messages: str, site: str = "", **rest: Any) -> Json:
    binding = {name: rest.pop(name) for name in ("qos", "retain") if name in rest}
    out: Json = {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{name}"} for name in messages],
        "x-service": service,
    }
    if binding:
        out["bindings"] = {"mqtt": {**binding, "bindingVersion": "0.2.0"}}
    if site:
        out["x-sites"] = [{"source": site, "qos_from": "argument", "confidence": 1.0}]
    return {**out, **{name.replace("__", "-"): value for name, value in rest.items()}}


_ID: Json = {
    "type": "string",
    "pattern": "^[0-9a-f]{32}$",
    "description": "Unique per message.",
}
_TIME: Json = {"type": "number", "minimum": 0, "description": "Unix seconds at which it was made."}
_BASE: Json = {"message_id": _ID, "timestamp": _TIME}


def _object(description: str, properties: Json, required: list[str], **rest: Any) -> Json:
    return {
        "type": "object",
        "description": description,
        "properties": {**copy.deepcopy(_BASE), **properties},
        "required": required,
        "additionalProperties": False,
        "x-extra": "forbid",
        "x-declared-by": {
            "message_id": "contracts/src/greenhouse/base.py#BaseMessage",
            "timestamp": "contracts/src/greenhouse/base.py#BaseMessage",
        },
        **rest,
    }


_SCHEMAS: Json = {
    "Measurement": _object(
        "What one sensor measured.\n\nSent whenever a value moved by more than the sensor's **threshold**, at least "
        "once a minute.",
        {
            "zone": {"type": "string", "minLength": 1, "maxLength": 40, "description": "Where the sensor hangs."},
            "value": {
                "discriminator": "kind",
                "oneOf": [_ref("Temperature"), _ref("Humidity")],
                "x-discriminator": {
                    "propertyName": "kind",
                    "mapping": {
                        "temperature": "#/components/schemas/Temperature",
                        "humidity": "#/components/schemas/Humidity",
                    },
                },
                "description": "The value and its unit.",
            },
            "battery": {
                "anyOf": [{"type": "integer", "minimum": 0, "maximum": 100}, {"type": "null"}],
                "default": None,
                "description": "Charge in percent; null on mains.",
            },
            "labels": {
                "type": "object",
                "additionalProperties": {"type": "string"},
                "description": "Free labels, as the installer wrote them.",
            },
            "readings": {
                "type": "array",
                "items": {"type": "number"},
                "minItems": 1,
                "maxItems": 60,
                "description": "The raw readings behind the value.",
            },
        },
        ["zone", "value"],
    ),
    "Temperature": {
        "type": "object",
        "properties": {
            "kind": {"const": "temperature", "type": "string"},
            "celsius": {"type": "number", "minimum": -40, "maximum": 85, "description": "Air temperature."},
        },
        "required": ["kind", "celsius"],
        "additionalProperties": False,
    },
    "Humidity": {
        "type": "object",
        "properties": {
            "kind": {"const": "humidity", "type": "string"},
            "percent": {"type": "number", "minimum": 0, "maximum": 100},
            "dew_point": {"type": "number", "deprecated": True, "description": "Computed by the reader."},
        },
        "required": ["kind", "percent"],
        "additionalProperties": False,
    },
    "ValveCommand": _object(
        "Opens or closes a valve.",
        {
            "request_id": {"type": "string", "minLength": 1, "description": "Comes back in the answer."},
            "valve": {"type": "integer", "minimum": 1, "maximum": 16},
            "action": {"allOf": [_ref("ValveAction")], "description": "What the valve is to do."},
            "seconds": {
                "type": "number",
                "exclusiveMinimum": 0,
                "maximum": 3600,
                "default": 30,
                "description": "How long; then it closes by itself.",
            },
        },
        ["request_id", "valve", "action"],
    ),
    "ValveAction": {
        "type": "string",
        "enum": ["open", "close", "pulse"],
        "description": "What a valve can do.",
        "x-enum-varnames": ["OPEN", "CLOSE", "PULSE"],
        "x-enum-descriptions": ["Opens and stays open.", "", "Opens and closes once a second."],
    },
    "ValveDone": _object(
        "Says how a valve command ended.",
        {
            "request_id": {"type": "string", "minLength": 1},
            "ok": {"type": "boolean"},
            "error": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
        },
        ["request_id", "ok"],
    ),
    "Plan": _object(
        "The watering plan that is in force.",
        {
            "name": {"type": "string"},
            "root": {"allOf": [_ref("Step")], "description": "The first step; steps hold further ones."},
        },
        ["name", "root"],
    ),
    "Step": {
        "type": "object",
        "properties": {
            "valves": {"type": "array", "items": {"type": "integer"}, "uniqueItems": True},
            "then": {"type": "array", "items": _ref("Step"), "default": []},
            "window": {
                "type": "array",
                "items": [{"type": "string", "format": "time"}, {"type": "string", "format": "time"}],
                "minItems": 2,
                "maxItems": 2,
                "additionalItems": False,
            },
        },
        "required": ["valves"],
        "additionalProperties": False,
    },
    "Health": _object("A sign of life.", {"ok": {"type": "boolean"}}, ["ok"]),
    "Envelope": {
        "type": "object",
        "description": "What every command travels in.",
        "properties": {
            "id": {"type": "string"},
            "type": {"type": "string", "const": "valve.command"},
            "source": {"type": "string", "default": "planner"},
            "data": _ref("ValveCommand"),
        },
        "required": ["id", "type", "data"],
        "x-envelope": {"data": "data", "model": "ValveCommand"},
    },
}

_GREENHOUSE: Json = {
    "asyncapi": "3.1.0",
    "info": {
        "title": "Greenhouse",
        "version": "2.3.0",
        "description": "Sensors, valves and a planner that waters by *measured* need.",
        "license": {"name": "MIT"},
        "x-source-url": "https://example.org/greenhouse/blob/main/{file}#L{line}",
        "x-lines": {
            "contracts/src/greenhouse/climate.py#Measurement": 12,
            "contracts/src/greenhouse/climate.py#TOPIC_CLIMATE_MEASURED": 5,
            "apps/sensor/src/sensor.py#Sensor.report": 48,
            "apps/planner/src/planner.py#on_measured": 31,
            "apps/planner/src/planner.py#water": 77,
            "apps/valves/src/valves.py#on_command": 20,
        },
        "x-services": {
            "sensor": {"summary": "Measures the air", "owner": "@climate"},
            "planner": {"summary": "Decides when to water", "source": "apps/planner"},
            "valves": {"summary": "Moves the valves"},
            "dashboard": {"summary": "Shows everything", "declared": True},
        },
        "x-policy": {
            "classes": {
                "event": {"qos": 1, "retain": False, "description": "Facts that must arrive."},
                "state": {"qos": 1, "retain": True, "description": "The current value, for whoever comes later."},
                "health": {"qos": 1, "retain": True},
            },
            "required_fields": ["message_id", "timestamp"],
        },
        "x-findings": [
            {
                "rule": "qos-below-policy",
                "severity": "warning",
                "message": "`planner` sends `plan/current` with QoS 0, the class *state* asks for 1.",
                "subject": "plan/current",
                "remedy": "Publish it with `qos=1`.",
                "source": "apps/planner/src/planner.py#water",
                "topics": ["plan/current"],
                "services": ["planner"],
            },
            {
                "rule": "no-subscriber",
                "severity": "note",
                "message": "Nobody subscribes to `climate/{zone}/measured/raw`.",
                "subject": "climate/{zone}/measured/raw",
                "topics": ["climate/{zone}/measured/raw"],
            },
        ],
        "x-undelivered": [{"service": "dashboard", "filter": "alarms/#", "source": "apps/dashboard/src/main.py#start"}],
    },
    "servers": {"broker": {"host": "broker.example.org:1883", "protocol": "mqtt"}},
    "channels": {
        "climateMeasured": _channel(
            "climate/{zone}/measured",
            "Measurement",
            parameters={"zone": {"description": "Zone of the house.", "enum": ["north", "south"]}},
            x__class="event",
            x__expected={"qos": 1, "retain": False, "source": "policy"},
            x__source="contracts/src/greenhouse/climate.py#TOPIC_CLIMATE_MEASURED",
            x__evidence=[
                {
                    "fact": "model",
                    "value": "Measurement",
                    "by": "declaration",
                    "source": "contracts/src/greenhouse/climate.py#TOPIC_CLIMATE_MEASURED",
                    "confidence": 1.0,
                    "used": True,
                }
            ],
        ),
        "valveCommand": _channel(
            "valve/command",
            "ValveCommand",
            summary="Moves one valve.",
            x__class="command",
            x__replies=[{"topic": "valve/done", "field": "request_id", "answer_field": "request_id"}],
            x__correlation=["request_id"],
        ),
        "valveDone": _channel("valve/done", "ValveDone", x__class="response", x__correlation=["request_id"]),
        "planCurrent": _channel(
            "plan/current", "Plan", x__class="state", x__expected={"qos": 1, "retain": True, "source": "policy"}
        ),
        "health": _channel(
            "system/health/{service}",
            "Health",
            parameters={"service": {"description": "Name of the service."}},
            x__class="health",
            x__expected={"qos": 1, "retain": True, "source": "policy"},
        ),
        "climateRaw": _channel(
            "climate/{zone}/measured/raw",
            "Measurement",
            parameters={"zone": {}},
            x__state="deprecated",
            x__replaced__by="climate/{zone}/measured",
            x__remove__after="2027-03-01",
        ),
    },
    "operations": {
        "sensor_send_climateMeasured": _uses(
            "sensor",
            "send",
            "climateMeasured",
            "Measurement",
            qos=1,
            retain=False,
            site="apps/sensor/src/sensor.py#Sensor.report",
        ),
        "planner_receive_climateMeasured": _uses(
            "planner",
            "receive",
            "climateMeasured",
            "Measurement",
            qos=1,
            site="apps/planner/src/planner.py#on_measured",
            x__filter="climate/+/measured",
            x__causes=[{"operation": "planner_send_valveCommand", "source": "apps/planner/src/planner.py#on_measured"}],
        ),
        "dashboard_receive_climateMeasured": _uses(
            "dashboard", "receive", "climateMeasured", "Measurement", x__declared=True, x__filter="climate/#"
        ),
        "planner_send_valveCommand": _uses(
            "planner",
            "send",
            "valveCommand",
            "ValveCommand",
            qos=2,
            retain=False,
            site="apps/planner/src/planner.py#water",
        ),
        "valves_receive_valveCommand": _uses(
            "valves", "receive", "valveCommand", "ValveCommand", qos=2, site="apps/valves/src/valves.py#on_command"
        ),
        "valves_send_valveDone": _uses("valves", "send", "valveDone", "ValveDone", qos=1),
        "planner_receive_valveDone": _uses("planner", "receive", "valveDone", "ValveDone", qos=1),
        "planner_send_planCurrent": _uses(
            "planner", "send", "planCurrent", "Plan", qos=0, retain=True, site="apps/planner/src/planner.py#water"
        ),
        "dashboard_receive_planCurrent": _uses("dashboard", "receive", "planCurrent", "Plan"),
        "sensor_send_climateRaw": _uses("sensor", "send", "climateRaw", "Measurement", qos=0, retain=False),
    },
    "components": {
        "messages": {
            "Measurement": {
                "name": "Measurement",
                "title": "Measurement",
                "summary": "What one sensor measured.",
                "contentType": "application/json",
                "payload": _ref("Measurement"),
                "x-wire": "raw",
                "x-source": "contracts/src/greenhouse/climate.py#Measurement",
                "examples": [
                    {
                        "name": "warm",
                        "payload": {
                            "message_id": "0" * 32,
                            "timestamp": 1760000000.5,
                            "zone": "north",
                            "value": {"kind": "temperature", "celsius": 21.5},
                            "battery": 88,
                            "labels": {"row": "4"},
                            "readings": [21.4, 21.6],
                        },
                    }
                ],
            },
            "ValveCommand": {
                "name": "ValveCommand",
                "contentType": "application/json",
                "payload": _ref("Envelope"),
                "x-wire": "envelope",
                "x-model": "ValveCommand",
                "correlationId": {"location": "$message.payload#/data/request_id"},
                "x-source": "contracts/src/greenhouse/valves.py#ValveCommand",
            },
            "ValveDone": {"name": "ValveDone", "payload": _ref("ValveDone"), "x-wire": "raw"},
            "Plan": {"name": "Plan", "payload": _ref("Plan"), "x-wire": "raw"},
            "Health": {"name": "Health", "payload": _ref("Health")},
        },
        "schemas": _SCHEMAS,
    },
}


def foreign() -> Json:
    """Return a document as others write them: no `x-` field, headings of any level, wide code, Avro, a map, a union."""
    return copy.deepcopy(_FOREIGN)


_FOREIGN: Json = {
    "asyncapi": "3.0.0",
    "info": {
        "title": "Street lights",
        "version": "1.0.0",
        "description": "Lamps.\n\n### Features\n\n- on\n- off\n\n###### Small print\n\nNone.",
        "contact": {"name": "Lighting team"},
    },
    "servers": {
        "town": {
            "host": "lights.example:{port}",
            "protocol": "mqtts",
            "description": "In the *town hall*.",
            "variables": {"port": {"default": "8883", "enum": ["8883", "8884"]}},
            "security": [{"$ref": "#/components/securitySchemes/user"}, {"type": "X509"}],
        }
    },
    "channels": {
        "measured": {
            "address": "lights/{lamp}/measured",
            "description": f"## When\n\nEach minute.\n\n![](https://lights.example/lamp.png)\n\n    {'wide ' * 20}",
            "messages": {
                "Measured": {
                    "payload": {"schemaFormat": "avro", "schema": {"type": "record", "doc": "wide " * 20, "fields": []}}
                }
            },
        },
        "table": {
            "address": "lights/table",
            "messages": {
                "Table": {
                    "payload": {
                        "type": "object",
                        "minProperties": 1,
                        "propertyNames": {"pattern": "^[a-z]+$"},
                        "additionalProperties": {
                            "type": "object",
                            "properties": {"modes": {"type": "array", "items": {"enum": ["dim", "full"]}}},
                        },
                    }
                }
            },
        },
        "command": {
            "address": "lights/{lamp}/command",
            "messages": {
                "Command": {
                    "payload": {
                        "oneOf": [
                            {"type": "object", "title": kind, "properties": {"kind": {"const": kind}}}
                            for kind in ("on", "off", "dim", "blink")
                        ]
                    }
                },
                "Proto": {"payload": {"schemaFormat": "protobuf", "schema": "message Point {\n  int32 x = 1;\n}"}},
            },
        },
        "dimmed": {
            "address": "street.lights.of.the.town.1.0.event.{lamp}.dimmed",
            "messages": {"Dimmed": {"payload": {}}},
        },
    },
    "operations": {"onDimmed": {"action": "receive", "channel": {"$ref": "#/channels/dimmed"}}},
    "components": {"securitySchemes": {"user": {"type": "userPassword"}}},
}

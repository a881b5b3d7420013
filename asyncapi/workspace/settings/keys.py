"""Every key of portal.toml: its place, the kind of value, its meaning. The only list; readers and docs use it."""

from __future__ import annotations

from dataclasses import dataclass

from asyncapi.workspace.settings.kinds import CHOICES as CHOICES


@dataclass(frozen=True, slots=True)
class Key:
    """A key: dotted place (`*` is a name of the team's choosing, `[]` an element of a list), kind, meaning.

    `needed` keys must stand in every table of theirs that is written.
    """

    place: str
    kind: str
    meaning: str
    needed: bool = False


KEYS: tuple[Key, ...] = (
    Key("title", "text", "Name of the system. Default: the distribution of the contracts."),
    Key("version", "text", "Version of the contracts. Default: the version of their distribution."),
    Key("id", "urn", "URN of the system. Default: made from the title."),
    Key("description", "text", "What the system is, in Markdown. Default: docstring of the contracts package."),
    Key("license", "license", "Licence: a name, or a table with `name` and `url`."),
    Key("license.name", "text", "Name of the licence."),
    Key("license.url", "text", "Address of its text."),
    Key("contact.name", "text", "Who answers for the contracts."),
    Key("contact.email", "text", "Their mail address."),
    Key("contact.url", "text", "Where to ask."),
    Key("contracts", "imports", "Import names of the packages that hold topics and models."),
    Key("path", "texts", "Folders from which they are imported, relative to this file. Default: this folder."),
    Key("python", "name", "Interpreter that has their dependencies. Default: the one that runs the portal."),
    Key("timeout", "number", "Seconds that looking at the contracts may take. Default: 60."),
    Key("services", "globs", "Patterns of service folders; a service is called as its folder, or as one around it."),
    Key("source_url", "link", "Link to a source line; may hold `{commit}`, `{file}` and `{line}`. http or https."),
    Key("service.*.summary", "text", "What the service does, in a sentence."),
    Key("service.*.owner", "text", "Who answers for it. Default: CODEOWNERS."),
    Key("service.*.contact", "text", "How to reach them."),
    Key("service.*.repository", "text", "Where its source lives."),
    Key("service.*.path", "text", "Its folder, where `services` does not match it or it is called otherwise."),
    Key("service.*.sends", "edges", "Topics it publishes, for a party whose source is not scanned."),
    Key("service.*.receives", "edges", "Topics it subscribes to, for a party whose source is not scanned."),
    Key("service.*.sends[].topic", "text", "Address.", needed=True),
    Key("service.*.sends[].qos", "qos", "QoS it publishes with."),
    Key("service.*.sends[].retain", "flag", "Whether it retains."),
    Key("service.*.sends[].wire", "wire", "Bare model or envelope."),
    Key("service.*.receives[].topic", "text", "Address or filter.", needed=True),
    Key("service.*.receives[].qos", "qos", "QoS it subscribes with."),
    Key("service.*.receives[].wire", "wire", "Bare model or envelope."),
    Key("server.*.host", "host", "Broker address; credentials in it never leave this file.", needed=True),
    Key("server.*.protocol", "text", "`mqtt`, `mqtts`, `ws` … Default: mqtt."),
    Key("server.*.description", "text", "What the broker is for."),
    Key("policy.topic_name", "pattern", "Regular expression that a topic's whole address matches."),
    Key("policy.required_fields", "texts", "Fields that every message has."),
    Key("policy.correlation", "texts", "Fields that tie messages to each other, the most telling first."),
    Key("policy.exceptions.*", "text", "A topic exempt from the naming rule, and why."),
    Key("policy.classes.*.qos", "qos", "QoS expected of the class."),
    Key("policy.classes.*.retain", "flag", "Retained flag expected of the class."),
    Key("policy.classes.*.topics", "texts", "Filters of topics in the class, where nothing else says it."),
    Key("policy.classes.*.description", "text", "What the class is for."),
    Key("wire.default", "wire", "Form in which models travel, where nothing else says it."),
    Key("wire.envelope", "class", "The envelope model, `module:Class`."),
    Key("wire.data", "text", "Its field that holds the message. Default: data."),
    Key("wire.type", "text", "Its field that names the event type. Default: type."),
    Key("wire.raw", "texts", "Filters of topics that travel bare."),
    Key("wire.enveloped", "texts", "Filters of topics that travel in the envelope."),
    Key("topic.*.model", "text", "The model of the topic."),
    Key("topic.*.models", "texts", "The models of the topic."),
    Key("topic.*.class", "text", "Its policy class."),
    Key("topic.*.summary", "text", "What it carries, in a sentence."),
    Key("topic.*.description", "text", "More about it, in Markdown."),
    Key("topic.*.owner", "text", "Who answers for it. Default: CODEOWNERS."),
    Key("topic.*.contact", "text", "How to reach them."),
    Key("topic.*.qos", "qos", "QoS expected, whatever the class says."),
    Key("topic.*.retain", "flag", "Retained flag expected, whatever the class says."),
    Key("topic.*.wire", "wire", "Bare model or envelope."),
    Key("topic.*.state", "state", "Where the topic stands in its life."),
    Key("topic.*.replaced_by", "text", "What to use in its place."),
    Key("topic.*.remove_after", "date", "When it may go."),
    Key("topic.*.correlation", "texts", "Fields that tie its messages to others."),
    Key("topic.*.replies", "replies", "Where answers go."),
    Key("topic.*.replies[].topic", "text", "Address of the answer.", needed=True),
    Key("topic.*.replies[].field", "text", "Field of the question."),
    Key("topic.*.replies[].answer_field", "text", "Field of the answer that repeats it."),
    Key("topic.*.parameters.*.description", "text", "What the parameter stands for."),
    Key("topic.*.parameters.*.enum", "texts", "Values it can have."),
    Key("topic.*.parameters.*.default", "text", "Value when nothing else is said."),
    Key("topic.*.parameters.*.examples", "texts", "Values to show."),
    Key("checks.severity.*", "severity", "Severity of a rule, or `off`."),
    Key("checks.ignore[].rule", "text", "Rule to ignore.", needed=True),
    Key("checks.ignore[].topic", "text", "Only on this topic."),
    Key("checks.ignore[].service", "text", "Only for this service."),
    Key("checks.ignore[].reason", "text", "Why.", needed=True),
    Key("checks.ignore[].until", "date", "Until when."),
    Key("diff.accept", "text", "File of accepted breaks, relative to this file; `--accept` names another one."),
    Key("diff.severity.*", "diff severity", "What a kind of change counts as."),
    Key("scan.env_wrappers", "texts", "Functions that read an environment variable: `module.function`."),
    Key(
        "scan.sink[].call",
        "text",
        "A call: `module.Class.method`, or a bare `method` of any class.",
        needed=True,
    ),
    Key("scan.sink[].action", "action", "`send` or `receive`.", needed=True),
    Key("scan.sink[].topic", "position", "Position (from 0) or name of the topic argument."),
    Key("scan.sink[].payload", "position", "Position or name of the payload argument."),
    Key("scan.sink[].qos", "position", "Position or name of the QoS argument."),
    Key("scan.sink[].retain", "position", "Position or name of the retain argument."),
    Key("scan.sink[].default_qos", "qos", "QoS when the call says none."),
    Key("scan.sink[].default_retain", "flag", "Retained flag when the call says none."),
    Key("scan.implies[].constructor", "text", "Class whose construction implies an edge: `module.Class`.", needed=True),
    Key("scan.implies[].action", "action", "`send` or `receive`.", needed=True),
    Key("scan.implies[].topic", "text", "Address, with `{argument}` for an argument of the constructor.", needed=True),
    Key("scan.implies[].qos", "qos", "QoS of the edge."),
    Key("scan.implies[].retain", "flag", "Retained flag of the edge."),
    Key("flow.*.summary", "text", "What the flow shows."),
    Key("flow.*.carries", "text", "Field that every message of the flow carries."),
    Key(
        "flow.*.steps",
        "steps",
        "Arrows in order: `service -> topic -> service`; `{when, steps}` is not always taken, of `{either}` one is.",
    ),
)

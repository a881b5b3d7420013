"""The ids of the rules on changes, known without loading them: settings are checked against these."""

from __future__ import annotations

_IDS = (
    "condition-changed const-changed content-type-changed correlation-changed correlation-id-changed "
    "count-narrowed count-widened declared-qos-changed declared-retain-changed default-changed "
    "discriminator-renamed dump-options-changed enum-added enum-removed enum-value-added "
    "enum-value-removed extras-allowed extras-forbidden extras-ignored field-became-optional "
    "field-became-required field-renamed format-added format-changed format-removed headers-changed "
    "last-publisher-removed last-subscriber-removed length-narrowed length-widened message-added "
    "message-expiry-changed message-removed message-renamed message-words-changed model-rejects-itself "
    "multiple-added multiple-changed multiple-removed null-added null-removed operation-direction-changed "
    "optional-field-added optional-field-removed pattern-added pattern-changed pattern-removed "
    "payload-incompatible payload-opaque-changed payload-undecided publisher-added publisher-qos-lowered "
    "publisher-qos-raised publisher-removed range-narrowed range-widened reply-topic-changed "
    "required-field-added required-field-removed retain-added retain-removed state-changed "
    "subscriber-added subscriber-qos-lowered subscriber-qos-raised subscriber-removed topic-added "
    "topic-removed topic-renamed tuple-changed type-changed type-narrowed type-widened union-arm-added "
    "union-arm-removed unique-added unique-removed validator-added validator-removed wire-form-changed "
    "words-changed "
)
IDS = frozenset(_IDS.split())

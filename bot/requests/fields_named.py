"""Which answer somebody wants to change: the field that their words name, by its label or by what people call it."""

import re
from collections.abc import Sequence

from bot.catalogue.form import FieldType, RequestField
from bot.words import fold

_CALLED = {
    FieldType.EMAIL: re.compile(r"\b(?:e-?mail|mail|courriel|mel)\b"),
    FieldType.PHONE: re.compile(r"\b(?:telephone|tel|portable|mobile|phone)\b"),
    FieldType.ADDRESS: re.compile(r"\b(?:adresse|address)\b"),
}
"""What fields of these types are called besides their label; the first that fits is meant."""


def named_in(text: str, fields: Sequence[RequestField], language: str) -> list[RequestField]:
    """Return the fields that a text names, by their labels; else those of the first type that it speaks of.

    Args:
        text: what was typed.
        fields: those that can be changed.
        language: of the conversation.
    """
    words = fold(text)
    named = [each for each in fields if fold(each.label[language]) in words]
    if named:
        return named
    for kind, called in _CALLED.items():
        if called.search(words):
            return [each for each in fields if each.type is kind]
    return []

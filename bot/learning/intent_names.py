"""Intents in plain words, for people who never read their names: what the person wants, with an example."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

FILE = Path(__file__).with_name("intent_names.yml")


@dataclass(frozen=True)
class IntentName:
    """An intent as people read it.

    Attributes:
        family: the heading that it stands under.
        name: what the person wants, by language.
        example: how somebody says it, by language.
    """

    intent: str
    family: str
    name: dict[str, str]
    example: dict[str, str]


@cache
def intent_names() -> dict[str, IntentName]:
    """Return the intents that a message can have, by their own name, in the order in which they are shown."""
    families = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {
        intent: IntentName(intent, family, {"fr": fr[0], "en": en[0]}, {"fr": fr[1], "en": en[1]})
        for family, intents in families.items()
        for intent, (fr, en) in intents.items()
    }


def families() -> dict[str, list[IntentName]]:
    """Return the intents under their headings."""
    found: dict[str, list[IntentName]] = {}
    for each in intent_names().values():
        found.setdefault(each.family, []).append(each)
    return found


def shown(intent: str | None, language: str) -> str:
    """Return an intent in plain words; its own name when it has none, and nothing for none."""
    known = intent_names().get(intent or "")
    return known.name[language] if known else intent or ""

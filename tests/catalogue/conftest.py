"""A small catalogue that a test writes, spoils and loads."""

from collections.abc import Callable
from pathlib import Path

import pytest

ADMINISTRATIONS = """\
town-hall:
  name: {fr: "Mairie", en: "Town hall"}
  kind: town
"""
CHOICES = """\
      choices:
        - {value: paper, title: {fr: "Papier", en: "Paper"}}
        - {value: digital, title: {fr: "Numérique", en: "Digital"}}
"""
SERVICE = """\
administration: town-hall
theme: town
title: {fr: "Carte de bibliothèque", en: "Library card"}
aliases:
  fr: [bibliothèque]
  en: [library]
summary: {fr: "La carte permet d'emprunter.", en: "The card lets you borrow."}
situations:
  - id: age
    question: {fr: "Quel âge avez-vous ?", en: "How old are you?"}
    options:
      - {value: child, title: {fr: "Moins de 15 ans", en: "Under 15"}, ages: [0, 14]}
      - {value: teenager, title: {fr: "De 15 à 17 ans", en: "15 to 17"}, ages: [15, 17]}
      - {value: adult, title: {fr: "18 ans ou plus", en: "18 or over"}, ages: [18, 130]}
  - id: reason
    question: {fr: "Pourquoi ?", en: "Why?"}
    options:
      - {value: first, title: {fr: "Première carte", en: "First card"}}
      - {value: lost, title: {fr: "Carte perdue", en: "Lost card"}}
facets:
  who:
    - text: {fr: "Tout le monde.", en: "Everybody."}
      source: rules
  price:
    - when: {age: [child, teenager]}
      amount: 0
      currency: EUR
      source: rules
    - when: {age: adult, reason: first}
      amount: 7.5
      currency: EUR
      source: rules
    - when: {age: adult, reason: lost}
      amount: 10
      currency: EUR
      text: {fr: "à payer sur place", en: "to be paid on the spot"}
      source: losses
  documents:
    - when: {age: child}
      items: {fr: ["Autorisation d'un parent"], en: ["A parent's permission"]}
      source: rules
    - when: {age: teenager}
      items: {fr: ["Carte de collège"], en: ["School card"]}
      source: rules
    - when: {age: adult, reason: first}
      items: {fr: ["Pièce d'identité"], en: ["Proof of identity"]}
      source: rules
    - when: {age: adult, reason: lost}
      items: {fr: ["Déclaration de perte"], en: ["Statement of loss"]}
      source: losses
sources:
  - id: rules
    title: {fr: "Règlement", en: "Rules"}
    url: https://www.service-public.gouv.fr/regles
    checked: 2026-11-01
  - id: losses
    title: {fr: "Pertes", en: "Losses"}
    url: https://www.service-public.gouv.fr/pertes
    checked: 2026-11-01
    basis: page
request:
  office: town-hall
  delay_days: 10
  next_step: {fr: "Venez la chercher.", en: "Come and fetch it."}
  fields:
    - id: size
      type: choice
      label: {fr: "Format", en: "Format"}
      question: {fr: "Quel format ?", en: "Which format?"}
      why: {fr: "Pour l'imprimer.", en: "To print it."}
"""
LIBRARY_CARD = SERVICE + CHOICES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a catalogue with one service, `library-card`."""
    (tmp_path / "services").mkdir()
    (tmp_path / "administrations.yml").write_text(ADMINISTRATIONS, encoding="utf-8")
    (tmp_path / "services" / "library-card.yml").write_text(LIBRARY_CARD, encoding="utf-8")
    return tmp_path


@pytest.fixture
def spoil(folder: Path) -> Callable[[str, str], int]:
    """Return a function that puts new words in the place of the first such ones, and returns their line."""

    def replace(old: str, new: str) -> int:
        path = folder / "services" / "library-card.yml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    return replace

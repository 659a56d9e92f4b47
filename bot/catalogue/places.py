"""Communes and departments: how their names are compared, and to which department a code belongs."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.words import fold

DEPARTMENTS = Path(__file__).with_name("departments.txt")
_SHORT = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}


@dataclass(frozen=True)
class Commune:
    """A commune, by its INSEE code; two may have the same name."""

    insee: str
    name: str

    @property
    def department(self) -> str:
        """The number of its department: "35", "2A", "974"."""
        return department_of(self.insee)


def tokens(text: str) -> list[str]:
    """Return the words of a place as they are compared: folded, without hyphens, "St" written out."""
    return [_SHORT.get(word, word) for word in re.findall(r"[a-z0-9]+", fold(text))]


def key(name: str) -> str:
    """Return a name as it is compared: "St-Étienne" and "SAINT ETIENNE" have one key."""
    return " ".join(tokens(name))


def department_of(code: str) -> str:
    """Return the number of the department of an INSEE code."""
    return code[:3] if code[:2] in ("97", "98") else code[:2]


def department_name(number: str) -> str:
    """Return the name of a department, or its number when there is no such department."""
    return departments().get(number, number)


@cache
def departments() -> dict[str, str]:
    """Return the names of the departments and overseas collectivities by their numbers."""
    lines = DEPARTMENTS.read_text(encoding="utf-8").splitlines()
    return dict(line.split(" ", 1) for line in lines if line)


@cache
def departments_by_key() -> dict[str, str]:
    """Return the numbers of the departments by the keys of their names, articles left out."""
    return {key(name).removeprefix("la ").removeprefix("les "): number for number, name in departments().items()}

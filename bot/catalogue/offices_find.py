"""What a message says of an office: of which kind ("la mairie", "la CAF") and where ("de Vitré", "35000", "du 44")."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.catalogue.administrations import OfficeKind
from bot.catalogue.model import LANGUAGES, Service
from bot.catalogue.offices_store import Directory
from bot.catalogue.places import Commune, departments, departments_by_key, key, tokens

LONGEST_NAME = 8
"""Words of the longest names of communes."""
MAX_WORDS = 60
"""Words of a message that are looked at; nobody names an office in the third paragraph."""
_BEFORE = frozenset(
    "a au aux d de des du dans en pour sur vers in at of from near around for habite commune ville".split()
)
_ARTICLES = {"au": "le", "du": "le", "aux": "les", "des": "les"}
_FILLERS = frozenset(
    "c est j je suis habite vis a au aux de d du des la le les l ville commune dans en i live my town is".split()
)
# Communes whose name is an everyday word: only believed when it is the answer to "which commune?".
_EVERYDAY = frozenset("rue ville vers vue parent moyen mars mer cours plan port us".split())
_POSTCODE = re.compile(r"(?<!\d)(\d{2} ?\d{3})(?!\d)")
_DEPARTMENT = re.compile(
    r"(?<![\d.,/])(2[ab]|97\d|98\d|\d\d)(?![\d.,/]|\s*(?:h|ans|€|euros|heures|mois|jours)\b)", re.IGNORECASE
)


@dataclass(frozen=True)
class Place:
    """Where: communes that are meant (several when the name is shared), or a department."""

    communes: tuple[Commune, ...] = ()
    department: str = ""


def kind_named(text: str, kinds: Mapping[str, OfficeKind]) -> str | None:
    """Return the kind of office that a text names, the longest name first; None when it names none."""
    said = f" {' '.join(tokens(text)[:MAX_WORDS])} "
    named = [
        (len(words), kind)
        for kind, office in kinds.items()
        for language in LANGUAGES
        for words in map(_known_key, office.words[language])
        if f" {words} " in said or f" {words}s " in said
    ]
    return max(named)[1] if named else None


def kind_of(service: Service, kinds: Mapping[str, OfficeKind]) -> str | None:
    """Return the kind of office where a service is asked for; None when one does not go anywhere."""
    own = next((kind for kind, office in kinds.items() if service.id in office.services), None)
    return own or next(
        (kind for kind, office in kinds.items() if service.administration in office.administrations), None
    )


def place_in(text: str, directory: Directory, kinds: Mapping[str, OfficeKind]) -> Place | None:
    """Return the place that a sentence names, or None.

    A name counts after a word such as "à" or "de", or after the name of an office ("mairie Vitré"): among 35,000 names
    many are everyday words.
    """
    communes = _at_postcode(text, directory)
    if communes:
        return Place(communes)
    words = tokens(text)[:MAX_WORDS]
    office_words = {word for kind in kinds.values() for name in kind.words.fr for word in _known_key(name).split()}
    starts = [place for place in range(1, len(words)) if words[place - 1] in _BEFORE | office_words]
    named = _longest_named(words, starts, directory)
    return Place(named) if named else _department_in(text, words)


def place_of_answer(text: str, directory: Directory, *, guess: bool = True) -> Place | None:
    """Return the place that is the answer to "which commune?": the name alone, a postcode, a department.

    Args:
        text: what was answered.
        directory: knows the communes.
        guess: whether a mistyped name is put right, when only one commune is that near.
    """
    communes = _at_postcode(text, directory)
    if communes:
        return Place(communes)
    words = tokens(text)
    while len(words) > 1 and words[0] in _FILLERS and not directory.communes_named([" ".join(words)]):
        words = words[1:]
    if not words or len(words) > LONGEST_NAME:
        return None
    name = " ".join(words)
    keys = [name, *(f"{article} {name}" for article in ("le", "la", "les", "l")), _without_district(name)]
    found = directory.communes_named(keys)
    for known in keys:
        if known in found:
            return Place(tuple(found[known]))
    return _department_in(text, words) or (_mistyped(name, directory) if guess else None)


def narrowed(communes: list[Commune], text: str, directory: Directory) -> list[Commune]:
    """Return those of some communes that a further answer means: a department, a postcode, a number in a list."""
    at = {commune.insee for commune in _at_postcode(text, directory)}
    place = _department_in(text, tokens(text))
    return [each for each in communes if each.insee in at or (place and each.department == place.department)]


@cache
def _known_key(name: str) -> str:
    """Return the key of a name of our own data, which is compared at every message."""
    return key(name)


def _at_postcode(text: str, directory: Directory) -> tuple[Commune, ...]:
    found = _POSTCODE.search(text)
    return tuple(directory.communes_at(found[1].replace(" ", ""))) if found else ()


def _longest_named(words: list[str], starts: list[int], directory: Directory) -> tuple[Commune, ...]:
    names = {name for start in starts for name in _names_from(words, start)}
    found = directory.communes_named(sorted(names, key=len, reverse=True))
    return tuple(found[max(found, key=len)]) if found else ()


def _names_from(words: list[str], start: int) -> Iterator[str]:
    """Yield the names that may begin at a word; "du Mans" is Le Mans."""
    article = _ARTICLES.get(words[start - 1])
    for end in range(start + 1, min(len(words), start + LONGEST_NAME) + 1):
        name = " ".join(words[start:end])
        if name not in _EVERYDAY:
            yield name
        if article:
            yield f"{article} {name}"


def _without_district(name: str) -> str:
    """Return "paris" for "paris 15e": the directory may know the city alone."""
    return re.sub(r" \d{1,2}(er?|e|eme)?( arrondissement)?$", "", name)


def _department_in(text: str, words: list[str]) -> Place | None:
    said = f" {' '.join(words)} "
    named = [key for key in departments_by_key() if f" {key} " in said]
    if named:
        return Place(department=departments_by_key()[max(named, key=len)])
    numbers = [number.upper() for number in _DEPARTMENT.findall(text)]
    return next((Place(department=number) for number in numbers if number in departments()), None)


def _mistyped(name: str, directory: Directory) -> Place | None:
    slips = 1 if len(name) < 8 else 2
    if len(name) < 4:
        return None
    near = process.extract(name, directory.names(), scorer=OSA.distance, score_cutoff=slips, limit=2)
    if not near or (len(near) > 1 and near[0][1] == near[1][1]):
        return None
    return Place(tuple(directory.communes_named([near[0][0]])[near[0][0]]))

"""What a local office is for us: where it is, when it opens, how it is reached, and of which kinds it is."""

from dataclasses import dataclass

DIRECTORY_SITE = "https://lannuaire.service-public.gouv.fr"
"""Where anybody can look an office up."""


@dataclass(frozen=True)
class Opening:
    """Days and hours.

    Attributes:
        first, last: the first and the last day, 0 for Monday.
        hours: pairs of "08:30" and "12:00".
        note: what the office says of them.
    """

    first: int
    last: int
    hours: tuple[tuple[str, str], ...]
    note: str = ""


@dataclass(frozen=True)
class Office:
    """A place with a counter.

    Attributes:
        id: in the directory.
        kinds: its codes in the directory (`mairie`, `caf`).
        insee: INSEE code of the commune where it stands; empty when the directory does not say.
        serves: INSEE codes of the communes that it serves, as its own entry has them.
        address: the lines above postcode and town.
        note: what the office says of its hours as a whole.
        date: day of the last change of its entry, ISO; empty when the directory does not say.
    """

    id: str
    name: str
    kinds: tuple[str, ...]
    insee: str = ""
    serves: tuple[str, ...] = ()
    address: tuple[str, ...] = ()
    postcode: str = ""
    town: str = ""
    openings: tuple[Opening, ...] = ()
    note: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""
    date: str = ""


@dataclass(frozen=True)
class Competence:
    """Which offices serve a commune: identifiers of offices by their kind."""

    insee: str
    name: str
    offices: tuple[tuple[str, tuple[str, ...]], ...]

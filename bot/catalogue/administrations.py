"""Who answers for the services, and where they have counters: `data/administrations.yml`, `data/offices.yml`."""

from typing import Annotated, Literal

from pydantic import Field, HttpUrl, StringConstraints

from bot.catalogue.text import Identifier, Strict, Text, Texts, Words

DirectoryCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
"""What the State's directory calls a kind of local office: `mairie`, `sous_pref`, `maison_handicapees`."""


class Administration(Strict):
    """An office that answers for services."""

    name: Text
    kind: Literal["town", "state", "agency", "social"]
    url: HttpUrl | None = None
    phone: Words | None = None
    hours: Text | None = None
    address: Words | None = None


class OfficeKind(Strict):
    """A kind of counter that people go to, and that has an address in each town or department.

    Attributes:
        name: with its article in French ("la mairie"), as it is said in a sentence.
        words: what people call it.
        directory: its codes in the directory (`pivot.type_service_local`), the usual one first.
        area: how much of the country one of them serves, when the directory does not say.
        administrations: those whose counter it is.
        services: services that are asked for there although another administration answers for them.
    """

    name: Text
    words: Texts
    directory: Annotated[list[DirectoryCode], Field(min_length=1)]
    area: Literal["commune", "department"] = "commune"
    administrations: list[Identifier] = Field(default_factory=list)
    services: list[Identifier] = Field(default_factory=list)

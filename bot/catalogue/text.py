"""What every part of the catalogue is made of: identifiers, words in two languages, and strictness."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
FieldIdentifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Language = Literal["fr", "en"]


def _ordered(ages: tuple[int, int]) -> tuple[int, int]:
    if not 0 <= ages[0] <= ages[1] <= 130:
        raise ValueError("ages are two numbers from 0 to 130, the smaller first")
    return ages


Ages = Annotated[tuple[int, int], AfterValidator(_ordered)]
"""From one age in years to another, both included."""
LANGUAGES: tuple[Language, ...] = ("fr", "en")


class Strict(BaseModel):
    """A part of the catalogue: an unknown key is an error, because it is most often a misspelt one."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(Strict):
    """The same words in French and in English."""

    fr: Words
    en: Words

    def __getitem__(self, language: str) -> str:
        return self.en if language == "en" else self.fr


class Texts(Strict):
    """The same list of words in French and in English."""

    fr: list[Words]
    en: list[Words]

    def __getitem__(self, language: str) -> list[str]:
        return self.en if language == "en" else self.fr

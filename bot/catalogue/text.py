"""What every part of the catalogue is made of: identifiers, words in two languages, and strictness."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
FieldIdentifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Language = Literal["fr", "en"]
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

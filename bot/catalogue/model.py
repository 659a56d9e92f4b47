"""What a public service is, as data: the schema of `data/services/*.yml`.

One file describes one service in French and in English: what it is, who may ask, documents, price, delay, where and
how, the official pages that it rests on, and the questions of its request when it can be filed here. An answer (a
*case* of a *facet*) may depend on the citizen's *situation*: age, first time or renewal, lost or stolen, abroad.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, HttpUrl, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from bot.catalogue.form import Choice, FieldType, RequestField, RequestForm
from bot.catalogue.text import LANGUAGES, Ages, Identifier, Language, Strict, Text, Texts, Words

__all__ = [
    "LANGUAGES",
    "Case",
    "Choice",
    "Facet",
    "FieldType",
    "Language",
    "Option",
    "RequestField",
    "RequestForm",
    "Service",
    "Situation",
    "Source",
    "Text",
    "Texts",
    "Theme",
    "service_schema",
]


class Theme(StrEnum):
    """The part of life that a service belongs to."""

    PAPERS = "papers"
    FAMILY = "family"
    SCHOOL = "school"
    WORK = "work"
    HOUSING = "housing"
    MONEY = "money"
    HEALTH = "health"
    TRANSPORT = "transport"
    JUSTICE = "justice"
    FOREIGNERS = "foreigners"
    ASSOCIATIONS = "associations"
    TOWN = "town"


class Facet(StrEnum):
    """One thing that a citizen may want to know about a service. Each has its intent `ask_<facet>`."""

    WHO = "who"
    DOCUMENTS = "documents"
    PRICE = "price"
    DELAY = "delay"
    WHERE = "where"
    HOW = "how"
    APPOINTMENT = "appointment"
    OFFICE = "office"
    APPEAL = "appeal"


class Source(Strict):
    """The official page that a fact comes from.

    `basis` says how the fact was checked on that date: `page` when somebody read the official page, `memory` when it
    was written from knowledge of the rules without the page at hand. The citizen is told which.
    """

    id: Identifier
    title: Text
    url: HttpUrl
    checked: date
    basis: Literal["page", "memory"] = "memory"
    law: Words | None = None


class Option(Strict):
    """One answer to the question of a situation, and how to recognise it in what a citizen writes."""

    value: Identifier
    title: Text
    words: Texts | None = None
    ages: Ages | None = None


class Situation(Strict):
    """Something about the citizen's case that changes an answer, with the short question that finds it out.

    It may also only answer a question of the request: what was told once is not asked again.
    """

    id: Identifier
    question: Text
    options: Annotated[list[Option], Field(min_length=2, max_length=9)]


class Case(Strict):
    """An answer to a facet, for one situation (`when`) or for all.

    `when` names situations and the values for which the case holds. `items` is a list shown as such (documents,
    steps). A price has an `amount` with its `currency`, or a `text` that says what it depends on.
    """

    # What `_says_something` refuses, for the editors that read the JSON Schema.
    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [{"required": [name]} for name in ("text", "items", "amount")],
            "dependentRequired": {"amount": ["currency"], "currency": ["amount"]},
        }
    )

    when: dict[Identifier, Identifier | list[Identifier]] = {}
    text: Text | None = None
    items: Texts | None = None
    amount: Annotated[float, Field(ge=0)] | None = None
    currency: Literal["EUR"] | None = None
    url: HttpUrl | None = None
    source: Identifier
    certain: bool = True

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.text is None and self.items is None and self.amount is None:
            raise ValueError("a case needs a `text`, `items` or an `amount`")
        if (self.amount is None) != (self.currency is None):
            raise ValueError("a price needs both its `amount` and its `currency`")
        if self.items and len(self.items.fr) != len(self.items.en):
            raise ValueError("`items` has not as many lines in French as in English")
        return self

    def holds(self, situation: dict[str, str]) -> bool:
        """Return whether nothing known of the situation contradicts this case."""
        return all(key not in situation or situation[key] in _values(wanted) for key, wanted in self.when.items())

    def is_settled(self, situation: dict[str, str]) -> bool:
        """Return whether everything that this case depends on is known and fits."""
        return all(situation.get(key) in _values(wanted) for key, wanted in self.when.items())


def _values(wanted: str | list[str]) -> list[str]:
    return [wanted] if isinstance(wanted, str) else wanted


def dead_reference(message: str, at: tuple[str | int, ...]) -> PydanticCustomError:
    """Return the error of a reference to nothing, which says where in the file it stands (`load.py` reads `at`)."""
    return PydanticCustomError("dead_reference", "{message}", {"message": message, "at": at})


class Service(Strict):
    """One public service. Its identifier is the name of its file."""

    id: Identifier
    administration: Identifier
    theme: Theme
    title: Text
    aliases: Texts
    summary: Text
    situations: list[Situation] = []
    facets: dict[Facet, Annotated[list[Case], Field(min_length=1)]]
    online: HttpUrl | None = None
    related: list[Identifier] = []
    fiches: list[Annotated[str, StringConstraints(pattern=r"^[FNR]\d+$")]] = []
    sources: Annotated[list[Source], Field(min_length=1)]
    request: RequestForm | None = None

    @model_validator(mode="after")
    def _references_exist(self) -> Self:
        sources = {source.id for source in self.sources}
        situations = {situation.id: {option.value for option in situation.options} for situation in self.situations}
        for facet, cases in self.facets.items():
            for place, case in enumerate(cases):
                if case.source not in sources:
                    at = ("facets", facet, place, "source")
                    raise dead_reference(f"no source is called `{case.source}`", at)
                for key, wanted in case.when.items():
                    unknown = [value for value in _values(wanted) if value not in situations.get(key, set())]
                    if unknown:
                        at = ("facets", facet, place, "when")
                        raise dead_reference(f"no situation `{key}` has the value `{unknown[0]}`", at)
        for field in self.request.fields if self.request else []:
            if field.situation is not None and field.situation not in situations:
                raise ValueError(f"request: `{field.id}` reads a situation `{field.situation}` that is not declared")
        return self

    @property
    def submittable(self) -> bool:
        """Whether a request for the service can be filed in the conversation."""
        return self.request is not None

    def source(self, source_id: str) -> Source:
        """Return the source of that identifier."""
        return next(source for source in self.sources if source.id == source_id)

    def situation(self, situation_id: str) -> Situation:
        """Return the situation of that identifier."""
        return next(situation for situation in self.situations if situation.id == situation_id)


def service_schema() -> dict[str, Any]:
    """Return the JSON Schema of a service file, for editors that complete and check YAML."""
    return Service.model_json_schema()

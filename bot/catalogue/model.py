"""What a public service is, as data: the schema of `data/services/*.yml` and `data/administrations.yml`.

One file describes one service in French and in English: what it is, who may ask, documents, price, delay, where and
how, the official pages that it rests on, and the questions of its request when it can be filed here. An answer (a
*case* of a *facet*) may depend on the citizen's *situation*: age, first time or renewal, lost or stolen, abroad.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, StringConstraints, field_validator, model_validator

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
    ages: tuple[int, int] | None = None

    @field_validator("ages")
    @classmethod
    def _ages_are_ordered(cls, ages: tuple[int, int] | None) -> tuple[int, int] | None:
        if ages and not 0 <= ages[0] <= ages[1] <= 130:
            raise ValueError("ages are two numbers from 0 to 130, the smaller first")
        return ages


class Situation(Strict):
    """Something about the citizen's case that changes an answer, with the short question that finds it out."""

    id: Identifier
    question: Text
    options: Annotated[list[Option], Field(min_length=2, max_length=6)]


class Case(Strict):
    """An answer to a facet, for one situation (`when`) or for all.

    `when` names situations and the values for which the case holds. `items` is a list shown as such (documents,
    steps). A price has an `amount` with its `currency`, or a `text` that says what it depends on.
    """

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


class FieldType(StrEnum):
    """The kinds of answer that a request may ask for; the wire contract has the same names."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    CHOICE = "choice"
    CHOICES = "choices"
    BOOLEAN = "boolean"
    DATE = "date"
    NUMBER = "number"
    MONEY = "money"
    EMAIL = "email"
    PHONE = "phone"
    ADDRESS = "address"
    COMMUNE = "commune"


class Choice(Strict):
    """One of the answers of a `choice` field."""

    value: Identifier
    title: Text


class RequestField(Strict):
    """One question of a request.

    Attributes:
        id: unique in its request.
        label: the short name shown in the summary ("Date de naissance").
        question: what the assistant asks, one sentence.
        help: an example or a hint, shown with the question and again after a wrong answer.
        why: the answer to "pourquoi cette question ?".
        required: whether the citizen may pass.
        min, max: bounds of a number, or of the length of a text.
        when_date: for a date, the side of today where it lies.
        only_if: earlier fields and the values for which this one is asked.
        autocomplete: the HTML autofill name, so that a phone can propose the answer (RGAA 11.13).
    """

    id: FieldIdentifier
    type: FieldType
    label: Text
    question: Text
    why: Text
    help: Text | None = None
    required: bool = True
    choices: list[Choice] = []
    min: float | None = None
    max: float | None = None
    when_date: Literal["past", "future", "any"] = "any"
    only_if: dict[FieldIdentifier, str | bool | list[str]] = {}
    autocomplete: Words | None = None

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        if (self.type in (FieldType.CHOICE, FieldType.CHOICES)) != bool(self.choices):
            raise ValueError("`choices` goes with the types choice and choices, and only with them")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("`min` is above `max`")
        return self

    def may_be(self, value: str | bool) -> bool:
        """Return whether a single value can be the answer; any can where the answer is free."""
        match self.type:
            case FieldType.CHOICE:
                return value in {choice.value for choice in self.choices}
            case FieldType.BOOLEAN:
                return isinstance(value, bool)
            case FieldType.CHOICES:
                return False
        return True


class RequestForm(Strict):
    """How a request for the service is filed here.

    Attributes:
        office: the administration that receives it.
        delay_days: the announced delay, in calendar days.
        next_step: what happens after filing, one sentence.
        silence: what no answer means, when the law says so.
    """

    office: Identifier
    delay_days: Annotated[int, Field(ge=1, le=730)]
    next_step: Text
    silence: Text | None = None
    fields: Annotated[list[RequestField], Field(min_length=1)]

    @model_validator(mode="after")
    def _fields_are_known(self) -> Self:
        seen: dict[str, RequestField] = {}
        for field in self.fields:
            if field.id in seen:
                raise ValueError(f"the field `{field.id}` is there twice")
            for earlier, wanted in field.only_if.items():
                if earlier not in seen:
                    raise ValueError(f"`{field.id}` depends on `{earlier}`, which is not asked before it")
                for value in wanted if isinstance(wanted, list) else [wanted]:
                    if not seen[earlier].may_be(value):
                        raise ValueError(f"`{field.id}` is asked when `{earlier}` is `{value}`, which it cannot be")
            seen[field.id] = field
        return self


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
            for case in cases:
                if case.source not in sources:
                    raise ValueError(f"facets.{facet}: no source is called `{case.source}`")
                for key, wanted in case.when.items():
                    unknown = [value for value in _values(wanted) if value not in situations.get(key, set())]
                    if unknown:
                        raise ValueError(f"facets.{facet}: no situation `{key}` has the value `{unknown[0]}`")
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


class Administration(Strict):
    """An office that answers for services."""

    name: Text
    kind: Literal["town", "state", "agency", "social"]
    url: HttpUrl | None = None
    phone: Words | None = None
    hours: Text | None = None
    address: Words | None = None


def service_schema() -> dict[str, Any]:
    """Return the JSON Schema of a service file, for editors that complete and check YAML."""
    return Service.model_json_schema()

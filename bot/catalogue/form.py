"""The questions of a request: what is asked, of which type, when, and what an answer must be."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from bot.catalogue.silence import Silence
from bot.catalogue.text import Ages, FieldIdentifier, Identifier, Strict, Text, Words


class FieldType(StrEnum):
    """The kinds of answer that a request may ask for; the wire contract has the same names."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    CHOICE = "choice"
    CHOICES = "choices"
    BOOLEAN = "boolean"
    DATE = "date"
    PERIOD = "period"
    NUMBER = "number"
    MONEY = "money"
    EMAIL = "email"
    PHONE = "phone"
    ADDRESS = "address"
    COMMUNE = "commune"
    FILE = "file"


FileType = Literal["application/pdf", "image/jpeg", "image/png", "image/webp"]
FILE_TYPES: tuple[FileType, ...] = ("application/pdf", "image/jpeg", "image/png", "image/webp")
"""The kinds of file that a citizen may send; a field may accept fewer."""

# Options that mean something for some types only: naming one elsewhere is a mistake.
_OPTIONS = {
    "choices": {FieldType.CHOICE, FieldType.CHOICES},
    "when_date": {FieldType.DATE, FieldType.PERIOD},
    "earliest": {FieldType.DATE, FieldType.PERIOD},
    "latest": {FieldType.DATE, FieldType.PERIOD},
    "ages": {FieldType.DATE},
    "place": {FieldType.ADDRESS},
    "accept": {FieldType.FILE},
    "max_files": {FieldType.FILE},
    "situation": {FieldType.CHOICE},
}


class Choice(Strict):
    """One of the answers of a `choice` or `choices` field."""

    value: Identifier
    title: Text


class Range(Strict):
    """From `min` to `max`, both included: a condition on a number or on an amount of money."""

    min: float | None = None
    max: float | None = None


Condition = str | bool | list[str] | Range


class RequestField(Strict):
    """One question of a request.

    Attributes:
        id: unique in its request.
        label: the short name shown in the summary ("Date de naissance").
        question: what the assistant asks, one sentence.
        help: an example or a hint, shown with the question and again after a wrong answer.
        why: the answer to "pourquoi cette question ?".
        required: whether the citizen may not pass.
        min, max: bounds of a number, or of the length of a text.
        when_date: the side of today where a date or a period lies; `birth` is a past date whose year must be said.
        earliest, latest: bounds of a date or of a period.
        ages: for a date of birth, the age in years that the person must have today, both bounds included.
        place: what an address is: `french` has a postcode and a town, `any` may be abroad, `spot` is any place that a
            crew could find ("devant le 12 rue des Lilas").
        accept, max_files: for files, the types and how many.
        situation: for a choice, the situation of the service that answers it when the citizen has told it already.
        only_if: earlier fields and the answers for which this one is asked; one of the values for `choices`, a range
            for a number.
        autocomplete: the HTML autofill name, so that a phone can propose the answer (RGAA 11.13). It says that the
            answer is about the citizen, and the same answer of an earlier request is then offered.
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
    when_date: Literal["past", "future", "any", "birth"] = "any"
    earliest: date | None = None
    latest: date | None = None
    ages: Ages | None = None
    place: Literal["french", "any", "spot"] = "french"
    accept: Annotated[list[FileType], Field(min_length=1)] = list(FILE_TYPES)
    max_files: Annotated[int, Field(ge=1, le=10)] = 1
    situation: Identifier | None = None
    only_if: dict[FieldIdentifier, Condition] = {}
    autocomplete: Words | None = None

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        if (self.type in _OPTIONS["choices"]) != bool(self.choices):
            raise ValueError("`choices` goes with the types choice and choices, and only with them")
        for name, types in _OPTIONS.items():
            if name in self.model_fields_set and self.type not in types:
                raise ValueError(f"`{name}` means nothing for the type {self.type}")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("`min` is above `max`")
        if self.earliest and self.latest and self.earliest > self.latest:
            raise ValueError("`earliest` is after `latest`")
        return self

    def may_be(self, wanted: str | bool | Range) -> bool:
        """Return whether a single answer can be the wanted one; any can where the answer is free."""
        numeric = self.type in (FieldType.NUMBER, FieldType.MONEY)
        if isinstance(wanted, Range) or numeric:
            return isinstance(wanted, Range) and numeric
        match self.type:
            case FieldType.CHOICE | FieldType.CHOICES:
                return wanted in {choice.value for choice in self.choices}
            case FieldType.BOOLEAN:
                return isinstance(wanted, bool)
        return isinstance(wanted, str)

    def meets(self, condition: Condition, answer: Any) -> bool:
        """Return whether an answer to this field is what a later field waits for; a passed one never is."""
        if answer is None:
            return False
        if isinstance(condition, Range):
            low = condition.min is None or answer >= condition.min
            return low and (condition.max is None or answer <= condition.max)
        wanted = condition if isinstance(condition, list) else [condition]
        return any(each in wanted for each in (answer if isinstance(answer, list) else [answer]))


class RequestForm(Strict):
    """How a request for the service is filed here.

    Attributes:
        office: the administration that receives it.
        delay_days: the announced delay, in calendar days.
        next_step: what happens after filing, one sentence.
        silence: what no answer means, where the rule is known.
    """

    office: Identifier
    delay_days: Annotated[int, Field(ge=1, le=730)]
    next_step: Text
    silence: Silence | None = None
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

    def field(self, field_id: str | None) -> RequestField | None:
        """Return the field of that identifier, or None."""
        return next((each for each in self.fields if each.id == field_id), None)

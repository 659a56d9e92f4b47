"""The outcome of a request: what a decision brings to its citizen. A moment of its own, not only a state."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    StringConstraints,
    ValidationError,
    model_validator,
)

from bot.errors import Unprocessable
from bot.requests.model import State

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Document(_Part):
    """A document to download: its name, and either the file that the office gave or an address of the office."""

    name: Line
    file: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")] | None = None
    url: HttpUrl | None = None

    @model_validator(mode="after")
    def _one_place(self) -> "Document":
        if (self.file is None) == (self.url is None):
            raise ValueError("name either a file or a url")
        return self


class Appointment(_Part):
    """An appointment: when, where, and what to bring."""

    at: AwareDatetime
    place: Line
    bring: Line | None = None


class Payment(_Part):
    """A payment to come, in euros, and from which day to expect it."""

    amount: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    expected: date | None = None


class Outcome(_Part):
    """What a decision brings; each part may be absent."""

    document: Document | None = None
    appointment: Appointment | None = None
    payment: Payment | None = None


def check_outcome(outcome: dict[str, Any] | None, to: State) -> dict[str, Any]:
    """Return an outcome as JSON, checked.

    Raises:
        Unprocessable: it is not well formed, or it comes with a state that is no decision.
    """
    if not outcome:
        return {}
    if not to.is_final or to is State.WITHDRAWN:
        raise Unprocessable("An outcome comes with a decision only.", code="outcome-invalid", field="outcome")
    try:
        return Outcome.model_validate(outcome).model_dump(mode="json", exclude_none=True)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise Unprocessable(
            f"The outcome is not well formed: {where}: {error.errors()[0]['msg']}.",
            code="outcome-invalid",
            field="outcome",
        ) from None


def document_of(outcome: dict[str, Any]) -> str | None:
    """Return the identifier of the file that an outcome brings, if it brings one."""
    file: str | None = (outcome.get("document") or {}).get("file")
    return file


def shown_outcome(outcome: dict[str, Any], reference: str, address: str = "") -> dict[str, Any]:
    """Return an outcome as its citizen may see it: a file is a page that asks who they are.

    Args:
        outcome: as it is stored.
        reference: of the request.
        address: at which the service is reached; "" where a path is enough.
    """
    if document_of(outcome) is None:
        return outcome
    return outcome | {"document": {"name": outcome["document"]["name"], "url": f"{address}/documents/{reference}"}}


def outcome_lines(outcome: dict[str, Any], language: str) -> list[str]:
    """Return what an outcome brings, a sentence for each part, as the citizen reads it."""
    lines = []
    french = language == "fr"
    if document := outcome.get("document"):
        lines.append(
            f"{'Document à télécharger' if french else 'Document to download'} : {document['name']}, {document['url']}"
        )
    if appointment := outcome.get("appointment"):
        at = datetime.fromisoformat(appointment["at"])
        bring = appointment.get("bring")
        lines.append(
            f"Rendez-vous le {at:%d/%m/%Y} à {at:%H:%M} : {appointment['place']}"
            + (f". À apporter : {bring}" if bring else "")
            if french
            else f"Appointment on {at:%d/%m/%Y} at {at:%H:%M}: {appointment['place']}"
            + (f". Please bring: {bring}" if bring else "")
        )
    if payment := outcome.get("payment"):
        expected = payment.get("expected")
        day = f"{date.fromisoformat(expected):%d/%m/%Y}" if expected else ""
        if french:
            amount = f"{payment['amount']:.2f} €".replace(".", ",")
            lines.append(f"Versement à venir : {amount}" + (f", à partir du {day}" if day else ""))
        else:
            lines.append(f"Payment to come: €{payment['amount']:.2f}" + (f", from {day}" if day else ""))
    return lines

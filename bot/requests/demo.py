"""Requests of the demonstration: nobody filed them, and nobody is ever told about them (`demo` of their row).

They are written as real ones are, with encrypted answers and a sealed chain of events, so that every page and check
works on them. Their access codes are unknown: no citizen can open one.
"""

import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.catalogue.form import FieldType, RequestField, RequestForm
from bot.privacy.encryption import Cipher
from bot.requests.casework import DECISIONS
from bot.requests.erasure import erase
from bot.requests.events import Item, Kind, Problem, RequestEvent
from bot.requests.journal import Journal
from bot.requests.lifecycle import Actor
from bot.requests.model import State, asked
from bot.requests.reference import new_reference
from bot.requests.tables import RequestEventRow, RequestRow

BY = "démonstration"
"""The agent of the demonstration."""
_WORDS = {
    "missing": {"fr": "Précision sur votre demande", "en": "A detail of your request"},
    "note": {"fr": "Dites-nous ce qui vous conviendrait.", "en": "Tell us what would suit you."},
    "answer": {"fr": "Comme indiqué dans ma demande, merci.", "en": "As written in my request, thank you."},
    "refused": {
        "fr": "Exemple de motif : les conditions ne sont pas remplies. Vous pouvez demander un nouvel examen.",
        "en": "An example of a reason: the conditions are not met. You may ask for a new examination.",
    },
    "message": {"fr": "Bonjour, où en est ma demande ?", "en": "Hello, what about my request?"},
}
_PEOPLE = ("Camille Exemple", "Dominique Modèle", "Alix Témoin", "Maxence Fictif", "Claude Spécimen", "Noa Maquette")
"""Names that nobody takes for somebody's."""
_ANSWERS: dict[FieldType, dict[str, Any]] = {
    FieldType.LONG_TEXT: {"fr": "Texte inventé pour la démonstration.", "en": "A text made up for the demonstration."},
    FieldType.ADDRESS: dict.fromkeys(("fr", "en"), "1 rue de l'Exemple, 29200 Brest"),
    FieldType.COMMUNE: dict.fromkeys(("fr", "en"), "Brest (29)"),
    # Numbers that the regulator keeps for films and books; no mail is delivered to a name that ends in `.invalid`.
    FieldType.PHONE: dict.fromkeys(("fr", "en"), "+33199001234"),
    FieldType.EMAIL: dict.fromkeys(("fr", "en"), "personne@demonstration.invalid"),
}


@dataclass(frozen=True)
class MadeUp:
    """A request that was made up, from its first answer on.

    Attributes:
        events: what happened to it, in their order; the last one tells its state.
    """

    id: str
    service: str
    language: str
    filed_at: datetime
    due_at: datetime
    events: tuple[RequestEvent, ...]

    @property
    def decided_at(self) -> datetime | None:
        """When it was decided; None while it is open."""
        last = self.events[-1]
        return last.at if last.state in DECISIONS else None


def make_up(
    draw: random.Random,
    service: str,
    form: RequestForm,
    language: str,
    begun: datetime,
    until: datetime,
    *,
    late: bool,
    correction: bool,
) -> MadeUp:
    """Return a request with its life up to a time.

    Args:
        draw: from which everything follows.
        service: what is asked for.
        form: of the service; the announced delay is its own.
        language: of the citizen.
        begun: when the first answer was given.
        until: what would come later has not happened yet.
        late: whether the decision comes after the announced day.
        correction: whether something is asked for again.
    """
    filed = begun + timedelta(minutes=draw.uniform(2, 9))
    delay = timedelta(days=form.delay_days)
    taken = delay * (draw.uniform(1.05, 1.7) if late else draw.triangular(0.1, 0.98, 0.5))
    citizen: dict[str, Any] = {"actor": Actor.CITIZEN}
    agent: dict[str, Any] = {"actor": Actor.AGENT, "by": BY}
    events = [
        RequestEvent(State.DRAFT, begun, **citizen),
        RequestEvent(State.FILED, filed, **citizen),
        RequestEvent(State.EXAMINED, filed + taken * draw.uniform(0.1, 0.4), **agent),
    ]
    if correction:
        item = Item(Problem.MISSING, label=_WORDS["missing"][language], note=_WORDS["note"][language])
        answer = _WORDS["answer"][language]
        events += [
            RequestEvent(State.TO_COMPLETE, filed + taken * 0.5, items=[item], **agent),
            RequestEvent(State.TO_COMPLETE, filed + taken * 0.7, kind=Kind.ANSWER, item=0, text=answer, **citizen),
            RequestEvent(State.EXAMINED, filed + taken * 0.7, **citizen),
        ]
    elif draw.random() < 0.1:
        words = _WORDS["message"][language]
        read = filed + taken * 0.9
        events.append(
            RequestEvent(
                State.EXAMINED, filed + taken * 0.6, kind=Kind.MESSAGE, text=words, **citizen,
                read_at=read if read < until else None,
            )
        )  # fmt: skip
    if draw.random() < 0.94:
        events.append(RequestEvent(State.ACCEPTED, filed + taken, **agent))
    else:
        events.append(RequestEvent(State.REFUSED, filed + taken, _WORDS["refused"][language], **agent))
    lived = tuple(event for event in events if event.at < until)
    return MadeUp(f"{draw.getrandbits(96):024x}", service, language, filed, filed + delay, lived)


async def add(session: AsyncSession, cipher: Cipher, form_of: dict[str, RequestForm], made: Sequence[MadeUp]) -> None:
    """Write requests; nothing is sent about them.

    Args:
        session: the transaction.
        cipher: encrypts answers and words, and seals the chains.
        form_of: the form of each service.
        made: what is written.
    """
    journal, requests, events = Journal(cipher), [], []
    for each in made:
        rows, seal = journal.chain(each.id, each.events)
        read = [event.read_at for event in each.events]
        events += [row | {"read_at": at} for row, at in zip(rows, read, strict=True)]
        requests.append(
            {
                "id": each.id, "reference": new_reference(), "service": each.service, "state": each.events[-1].state,
                "language": each.language, "conversation_id": None,
                "answers": cipher.encrypt(answers(form_of[each.service], each)),
                # A hash that is no code's: nobody opens it.
                "code_hash": secrets.token_hex(32), "wrong_codes": 0,
                "created_at": each.events[0].at, "updated_at": each.events[-1].at, "filed_at": each.filed_at,
                "due_at": each.due_at, "decided_at": each.decided_at, "same_email": "", "same_phone": "",
                "seal": seal, "demo": True,
            }
        )  # fmt: skip
    if requests:
        await session.execute(insert(RequestRow), requests)
        await session.execute(insert(RequestEventRow), events)


async def remove(session: AsyncSession) -> None:
    """Take the requests of the demonstration away, with their history."""
    await erase(session, list(await session.scalars(select(RequestRow.id).where(RequestRow.demo))))


def answers(form: RequestForm, made: MadeUp) -> dict[str, Any]:
    """Return answers to the questions of a form, plainly made up."""
    draw, given = random.Random(made.id), dict[str, Any]()  # noqa: S311 - for show
    # What is asked depends on what was answered.
    while waiting := [each for each in asked(form, given) if each.id not in given]:
        given[waiting[0].id] = _answer(waiting[0], draw, made.language, made.filed_at.date())
    return given


def _answer(field: RequestField, draw: random.Random, language: str, day: date) -> Any:
    if field.type in _ANSWERS:
        return _ANSWERS[field.type][language]
    match field.type:
        case FieldType.CHOICE:
            return draw.choice(field.choices).value
        case FieldType.CHOICES:
            return [draw.choice(field.choices).value]
        case FieldType.BOOLEAN:
            return draw.random() < 0.3
        case FieldType.NUMBER | FieldType.MONEY:
            return field.min or 1
        case FieldType.DATE | FieldType.PERIOD:
            years = {"birth": -34, "past": 0, "future": 0, "any": 0}[field.when_date]
            days = {"future": 20, "any": 20}.get(field.when_date, -20)
            shown = (day + timedelta(days=365 * years + days)).isoformat()
            return shown if field.type is FieldType.DATE else [shown, shown]
        case FieldType.FILE:
            return None
    return "AB-123-CD" if field.id == "plate" else draw.choice(_PEOPLE)

"""Fills a request in with the real actions and a real database, without Rasa: the test says what was understood.

Rasa calls the form's validation with the message, then its question. This does the same two calls, so that a property
test can play thousands of messages.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import desk as desks
from actions.ask_field import AskRequestField
from actions.fill_request import ValidateRequestForm
from bot.catalogue.form import FieldType, RequestField, RequestForm
from bot.catalogue.load import Catalogue
from bot.db import Database
from bot.privacy.encryption import Cipher
from bot.requests.model import CONFIRM, Request
from bot.settings import Settings

NAME = "Zéphyrine Quatrebarbes"
KEY = Fernet.generate_key().decode()


class Filling:
    """A request being filled in.

    Attributes:
        form: its questions.
        slots: of the dialogue, as Rasa keeps them.
        said: the responses of the last turn, each with its values.
    """

    def __init__(self, desk: desks.Desk, request: Request, situation: dict[str, str] | None = None) -> None:
        service = desk.catalogue.service(request.service)
        assert service.request is not None
        self.desk = desk
        self.form: RequestForm = service.request
        self.slots: dict[str, Any] = {"draft": request.id, "service": service.id, "situation": situation}
        self.said: list[dict[str, Any]] = []
        self._request = request

    @property
    def step(self) -> str:
        """The field that is asked, or `confirm`."""
        return str(self.slots["field"])

    @property
    def ended(self) -> str | None:
        """`confirmed`, `saved` or `stopped`."""
        return self.slots.get("answer")

    @property
    def responses(self) -> list[str]:
        """The names of what was said last."""
        return [each["response"] for each in self.said]

    def value(self, response: str, name: str) -> Any:
        """Return what fills a response that was said last."""
        return next(each for each in self.said if each["response"] == response)[name]

    async def answers(self) -> dict[str, Any]:
        """Return what the database has."""
        return (await self.desk.requests.get(self._request.id)).answers

    async def begin(self) -> "Filling":
        """Ask the first question."""
        await self._run(AskRequestField(), "", "submit_request", 1.0, [])
        return self

    async def say(self, text: str, intent: str = "off_topic", confidence: float = 0.3, **entities: Any) -> bool:
        """Say something; return whether the form took it (a question of one's own is for the rules)."""
        self.said = []
        found = [{"entity": name, "value": value} for name, value in entities.items()]
        taken = await self._run(ValidateRequestForm(), text, intent, confidence, found)
        if not self.ended:
            await self._run(AskRequestField(), text, intent, confidence, found)
        return taken

    async def press(self, intent: str, **entities: Any) -> bool:
        """Press a button."""
        return await self.say("(bouton)", intent, 1.0, **entities)

    async def _run(self, action: Any, text: str, intent: str, confidence: float, entities: list[Any]) -> bool:
        parse = {"text": text, "intent": {"name": intent, "confidence": confidence}, "entities": entities}
        loop = {"name": "request_form"}
        conversation = self._request.conversation_id
        tracker = Tracker(conversation, self.slots, parse, [{"event": "user"}], False, None, loop, "action_listen")
        dispatcher = CollectingDispatcher()
        events = await action.run(dispatcher, tracker, {})
        self.slots |= {event["name"]: event["value"] for event in events if event["event"] == "slot"}
        self.said += dispatcher.messages
        return bool(events)


@asynccontextmanager
async def desk_at(url: str, data_dir: Path, catalogue: Catalogue) -> AsyncIterator[desks.Desk]:
    """Open the desk over a database, as the engine does; the catalogue is read once for all."""
    database, cipher, settings = Database(url), Cipher(KEY), Settings(data_dir=data_dir)
    desks.open_desk(settings, database, catalogue=catalogue, cipher=cipher)
    yield desks._Opened.desk
    await database.close()
    desks._Opened.desk = None


async def begun(
    desk: desks.Desk, service: str, conversation_id: str = "c1", situation: dict[str, str] | None = None
) -> Filling:
    """Begin a request."""
    draft = await desk.requests.start(service, "fr", conversation_id)
    return await Filling(desk, draft, situation).begin()


def text_for(field: RequestField, today: date) -> str:
    """Return words that fit a field."""
    ages = field.ages or (30, 40)
    past = today - timedelta(days=366 * ages[0] + 1)
    match field.type:
        case FieldType.CHOICE | FieldType.CHOICES:
            return field.choices[0].title.fr
        case FieldType.DATE:
            return {"past": past, "birth": past}.get(field.when_date, today + timedelta(days=30)).strftime("%d/%m/%Y")
        case FieldType.PERIOD:
            return "2031-03-03 / 2031-04-05"
        case FieldType.NUMBER | FieldType.MONEY:
            return f"{field.min or 0:g}"
        case FieldType.FILE:
            return "passer"
        case FieldType.TEXT if field.max is not None and field.max < len(NAME):
            return "AB-123-CD"
    return {
        FieldType.BOOLEAN: "oui",
        FieldType.EMAIL: "zephyrine@exemple.fr",
        FieldType.PHONE: "06 12 34 56 78",
        FieldType.ADDRESS: "17 venelle du Chat, 35000 Rennes",
        FieldType.COMMUNE: "Rennes",
        FieldType.LONG_TEXT: "Une histoire assez longue pour suffire.",
    }.get(field.type, NAME)


async def answer_until(filling: Filling, step: str = CONFIRM) -> None:
    """Answer question after question until a step."""
    while filling.step != step:
        before = filling.step
        field = filling.form.field(before)
        assert field is not None
        await filling.say(text_for(field, date.today()))
        assert filling.step != before, (before, filling.said)

"""The questions after a face, with the real actions and a database; the two calls of a form of Rasa are made here."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import select

from actions.desk import Desk
from actions.say_how_it_went import ActionStoreNote
from actions.say_more import ActionStoreAnswer, AskComment, ValidateCommentForm
from bot.catalogue.load import Catalogue
from bot.satisfaction.facts_tables import FactRow
from bot.satisfaction.tables import FeedbackRow
from tests.requests.filling import desk_at

ABOUT = {"moment": "submission", "service": "birth-certificate", "request": "r1"}


class Asking:
    """A citizen who was shown three faces."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.slots: dict[str, Any] = {"language": "fr"}
        self.said: list[dict[str, Any]] = []

    @property
    def responses(self) -> list[str]:
        return [each["response"] for each in self.said]

    @property
    def question(self) -> str:
        return str(self.said[-1]["question"])

    async def face(self, face: str) -> None:
        """Press a face: the note is stored, and the form begins."""
        self.said = []
        await self._run(ActionStoreNote(), "", "rate", face=face, **ABOUT)
        await self._run(AskComment(), "", "rate", face=face, **ABOUT)
        self.slots["requested_slot"] = "comment"

    async def say(self, text: str, intent: str = "off_topic", confidence: float = 0.3, **entities: Any) -> bool:
        """Say something; return whether the form took it."""
        self.said = []
        taken = await self._run(ValidateCommentForm(), text, intent, confidence, **entities)
        if not self.slots.get("comment"):
            await self._run(AskComment(), text, intent, confidence, **entities)
        return taken

    async def press(self, question: str, value: str) -> bool:
        """Press an answer."""
        return await self.say("(bouton)", "answer_opinion", 1.0, question=question, value=value, **ABOUT)

    async def answers(self) -> list[tuple[str, float]]:
        async with self.desk.feedback._database.reading() as session:
            rows = await session.scalars(select(FactRow).where(FactRow.kind == "answer").order_by(FactRow.id))
            return [(row.dimension, row.value) for row in rows]

    async def comment(self) -> str | None:
        async with self.desk.feedback._database.reading() as session:
            return await session.scalar(select(FeedbackRow.comment))

    async def _run(self, action: Any, text: str, intent: str, confidence: float = 1.0, **entities: Any) -> bool:
        found = [{"entity": name, "value": value} for name, value in entities.items()]
        parse = {"text": text, "intent": {"name": intent, "confidence": confidence}, "entities": found}
        tracker = Tracker("c1", self.slots, parse, [{"event": "user"}], False, None, {}, "action_listen")
        dispatcher = CollectingDispatcher()
        events = await action.run(dispatcher, tracker, {})
        self.slots |= {event["name"]: event["value"] for event in events if event["event"] == "slot"}
        self.said += dispatcher.messages
        return bool(events)


@pytest.fixture
async def asking(sqlite_url: str, tmp_path: Path, catalogue: Catalogue) -> AsyncIterator[Asking]:
    async with desk_at(sqlite_url, tmp_path, catalogue) as desk:
        yield Asking(desk)


async def test_each_answer_is_kept_at_once_and_leads_to_the_next_question(asking: Asking) -> None:
    await asking.face("mixed")
    assert asking.responses == ["utter_thanks_for_note", "utter_question"]
    said = [("satisfaction", 5.0)]
    for asked, question, key, facts in (
        ("claires", "clarity", "2", [("clarity", 2.0)]),
        ("cherché de l'aide", "help", "not_found", [("help_tried", 1.0), ("help_found", 0.0)]),
        ("joindre le service", "reached", "not_tried", []),
        ("faire ce que vous vouliez", "resolved", "yes", [("resolved", 1.0)]),
        ("facile", "ease", "5", [("ease", 5.0)]),
    ):
        assert asked in asking.question
        assert asking.said[-1]["buttons"][-1]["title"] == "Non merci", "every question may be passed"
        assert await asking.press(question, key)
        assert asking.responses == ["utter_question"] or question == "ease"
        said += facts
        assert await asking.answers() == said
    last = asking.slots["rated"]["question"]
    await asking.press(last, "5")
    assert await asking.answers() == [*said, (last, 5)]
    assert asking.responses == ["utter_add_words"]
    await asking.say("Un peu long quand même")
    assert (asking.slots["comment"], await asking.comment()) == ("given", "Un peu long quand même")


async def test_yes_and_no_and_the_words_of_an_answer_can_be_typed(asking: Asking) -> None:
    await asking.face("good")
    await asking.say("Très claires !")
    await asking.say("non", "deny", 0.9)
    await asking.say("oui", "affirm", 0.9)
    assert await asking.answers() == [("satisfaction", 10), ("clarity", 5), ("help_tried", 0), ("resolved", 1)]


async def test_a_no_to_a_question_of_grades_ends_the_questions(asking: Asking) -> None:
    await asking.face("good")
    assert await asking.say("non", "deny", 0.9)
    assert asking.slots["comment"] == "declined"


async def test_a_question_of_ones_own_leaves_the_form_in_silence_where_it_was(asking: Asking) -> None:
    await asking.face("good")
    await asking.press("clarity", "4")
    assert not await asking.say("combien coûte un passeport ?", "ask_price", 0.95)
    assert asking.responses == []
    await asking.say("non", "deny", 0.9)
    assert (await asking.answers())[-1] == ("help_tried", 0)


async def test_an_answer_that_nobody_could_press_says_nothing(asking: Asking) -> None:
    await asking.face("good")
    for question, key in (("clarity", "9"), ("salary", "1"), ("satisfaction", "10")):
        await asking.press(question, key)
    assert await asking.answers() == [("satisfaction", 10)]


async def test_a_button_of_before_counts_and_asks_no_more(asking: Asking) -> None:
    await asking.face("good")
    await asking.say("Non merci", "no_comment", 1.0)
    asking.said = []
    await asking._run(ActionStoreAnswer(), "", "answer_opinion", question="clarity", value="1", **ABOUT)
    assert (await asking.answers())[-1] == ("clarity", 1)
    assert asking.responses == ["utter_no_comment"]

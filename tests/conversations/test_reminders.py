"""Reminders are written with the turn that schedules them, and forgotten by the one that cancels them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.conversations.erasure import erase
from bot.conversations.model import Author, Message
from bot.conversations.notice import opening
from bot.conversations.store import ConversationStore
from bot.conversations.tables import ReminderRow
from bot.conversations.turn import Turn, opened
from bot.db import Database
from bot.engine.train import prepare_rasa
from bot.errors import Failed
from bot.privacy.encryption import Cipher
from tests.conftest import ROOT

prepare_rasa()

from rasa.shared.core.domain import Domain  # noqa: E402 - Rasa is importable once it is prepared
from rasa.shared.core.events import (  # noqa: E402
    ActionExecuted,
    Event,
    ReminderCancelled,
    ReminderScheduled,
    UserUttered,
)

from bot.conversations.tracker_store import LogTrackerStore  # noqa: E402

TOMORROW = datetime(2026, 11, 23, 9, tzinfo=UTC)


class Dialogue:
    """One conversation, played on the real store."""

    def __init__(self, conversations: ConversationStore, conversation_id: str) -> None:
        self.id = conversation_id
        self._trackers = LogTrackerStore(Domain.load(str(ROOT / "domain.yml")), conversations, str)
        self._database = conversations.database
        self._turns = 0

    async def turn(self, *events: Event, failure: Exception | None = None) -> None:
        """Play a turn in which an action returned some events."""
        self._turns += 1
        turn = Turn(self.id, f"m{self._turns}", "Bonjour", messages=[Message(Author.BOT, "Oui")], failure=failure)
        with opened(turn):
            tracker = await self._trackers.retrieve(self.id)
            assert tracker is not None
            for event in (UserUttered("Bonjour", {"name": "greet"}), *events, ActionExecuted("action_listen")):
                tracker.update(event)
            await self._trackers.save(tracker)

    async def waiting(self) -> list[tuple[str, datetime]]:
        """Return the names and times of what waits."""
        query = select(ReminderRow.name, ReminderRow.due_at).where(ReminderRow.conversation_id == self.id)
        async with self._database.reading() as session:
            return [(row.name, row.due_at) for row in await session.execute(query.order_by(ReminderRow.name))]


@pytest.fixture
def conversations(database: Database, cipher: Cipher) -> ConversationStore:
    return ConversationStore(database, cipher)


@pytest.fixture
async def dialogue(conversations: ConversationStore) -> Dialogue:
    return Dialogue(conversations, (await conversations.open("fr", None, opening("fr")))[0])


def _reminder(name: str, **more: Any) -> ReminderScheduled:
    return ReminderScheduled("greet", more.pop("at", TOMORROW), name=name, **more)


async def test_a_reminder_is_written_with_its_turn_and_once(dialogue: Dialogue) -> None:
    await dialogue.turn(_reminder("later"))
    for _ in range(4):
        await dialogue.turn()
    assert await dialogue.waiting() == [("later", TOMORROW)]


async def test_a_turn_that_fails_schedules_nothing(dialogue: Dialogue) -> None:
    await dialogue.turn(_reminder("later"), failure=Failed("L'action a échoué."))
    assert await dialogue.waiting() == []


async def test_the_same_name_takes_the_place_of_the_other_in_its_own_conversation_only(
    dialogue: Dialogue, conversations: ConversationStore
) -> None:
    another = Dialogue(conversations, (await conversations.open("fr", None, opening("fr")))[0])
    await another.turn(_reminder("later"))
    await dialogue.turn(_reminder("later"))
    await dialogue.turn(_reminder("later", at=TOMORROW + timedelta(days=1)))
    assert await dialogue.waiting() == [("later", TOMORROW + timedelta(days=1))]
    assert await another.waiting() == [("later", TOMORROW)]


async def test_reminders_are_cancelled_by_name_by_intent_or_all(dialogue: Dialogue) -> None:
    await dialogue.turn(*(_reminder(name) for name in "abc"))
    await dialogue.turn(ReminderCancelled(name="a"))
    assert [name for name, _ in await dialogue.waiting()] == ["b", "c"]
    await dialogue.turn(ReminderCancelled(intent="thank"))
    assert [name for name, _ in await dialogue.waiting()] == ["b", "c"]
    await dialogue.turn(ReminderCancelled(), _reminder("d"))
    assert [name for name, _ in await dialogue.waiting()] == ["d"]


async def test_an_erased_conversation_has_no_reminder(dialogue: Dialogue, conversations: ConversationStore) -> None:
    await dialogue.turn(_reminder("later"))
    async with conversations.database.writing() as session:
        await erase(session, [dialogue.id])
    assert await dialogue.waiting() == []

"""Rasa's tracker over our tables: folding forgets events and nothing that they established, and logs no answer."""

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from bot.conversations.model import Author, Button, Command, Message
from bot.conversations.notice import opening
from bot.conversations.store import ConversationStore
from bot.conversations.turn import Turn, opened
from bot.db import Base, Database
from bot.engine.train import prepare_rasa
from bot.errors import Failed
from bot.privacy.encryption import Cipher
from bot.privacy.masking import mask
from tests.conftest import ROOT

prepare_rasa()

from rasa.shared.core.domain import Domain  # noqa: E402 - Rasa is importable once it is prepared
from rasa.shared.core.events import (  # noqa: E402
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    AllSlotsReset,
    BotUttered,
    ConversationPaused,
    ConversationResumed,
    Event,
    FollowupAction,
    LoopInterrupted,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker  # noqa: E402

from bot.conversations.tracker_store import TURNS_KEPT, LogTrackerStore, fold, rebuild  # noqa: E402

DOMAIN = Domain.load(str(ROOT / "domain.yml"))
SLOTS = sorted(slot.name for slot in DOMAIN.slots)
VALUES = st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=4) | st.just({"age": "adult"})
EVENTS = st.one_of(
    st.builds(SlotSet, st.sampled_from(SLOTS), VALUES),
    st.builds(SlotSet, st.sampled_from(["language", "draft"]), VALUES),
    st.builds(ActiveLoop, st.sampled_from(["request_form", "follow_up_form", None])),
    st.builds(ActionExecuted, st.sampled_from(["request_form", "utter_greet", "action_answer"])),
    st.builds(lambda: BotUttered("86 €")),
    st.builds(lambda: FollowupAction("request_form")),
    st.builds(LoopInterrupted, st.booleans()),
    st.builds(lambda: ActionExecutionRejected("request_form")),
    st.sampled_from([ConversationPaused, ConversationResumed, AllSlotsReset, Restarted, SessionStarted]).map(
        lambda c: c()
    ),
)
TURNS = st.lists(st.lists(EVENTS, max_size=5), min_size=1, max_size=2 * TURNS_KEPT + 3)


def _said(words: str = "Bonjour", entities: list[dict[str, Any]] | None = None) -> UserUttered:
    intent = {"name": "greet", "confidence": 0.9}
    return UserUttered(words, intent, entities or [], {"text": words, "intent": intent, "entities": entities or []})


def _tracker(events: list[Event]) -> DialogueStateTracker:
    return DialogueStateTracker.from_events("c1", events, DOMAIN.slots)


def _established(tracker: DialogueStateTracker) -> dict[str, Any]:
    return {
        "slots": {name: value for name, value in tracker.current_slot_values().items() if value is not None},
        "loop": tracker.active_loop_name,
        "paused": tracker.is_paused(),
    }


@given(TURNS)
def test_a_folded_conversation_stands_where_the_whole_one_does(turns: list[list[Event]]) -> None:
    whole: list[Event] = [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")]
    state = fold(_tracker(whole), "")
    for number, events in enumerate(turns):
        turn = [_said(f"message {number}"), *events, ActionExecuted("action_listen")]
        whole += turn
        folded = rebuild("c1", json.loads(json.dumps(state)), DOMAIN)
        for event in turn:
            folded.update(event)
        assert _established(folded) == _established(_tracker(whole))
        state = fold(folded, f"message {number}")
        rebuilt = rebuild("c1", json.loads(json.dumps(state)), DOMAIN)
        assert _established(rebuilt) == _established(_tracker(whole))
        assert rebuilt.latest_action_name == "action_listen"
        assert rebuilt.latest_message is not None
        assert sum(isinstance(event, UserUttered) for event in rebuilt.events) == min(number + 1, TURNS_KEPT)


def test_the_window_does_not_grow_with_the_conversation() -> None:
    state: dict[str, Any] = fold(_tracker([ActionExecuted("action_listen")]), "")
    sizes = []
    for number in range(60):
        folded = rebuild("c1", state, DOMAIN)
        turn = [
            SlotSet("field", f"f{number}"),
            SlotSet("draft", "d1"),
            BotUttered("?"),
            ActionExecuted("action_listen"),
        ]
        for event in [_said(), *turn]:
            folded.update(event)
        state = fold(folded, "[réponse]")
        sizes.append((len(state["events"]), len(state["slots"])))
    assert set(sizes[TURNS_KEPT:]) == {sizes[-1]}


def test_a_window_begins_with_the_listening_before_its_first_message() -> None:
    events: list[Event] = [ActionExecuted("action_listen")]
    for _ in range(TURNS_KEPT + 2):
        events += [_said(), ActionExecuted("utter_greet"), ActionExecuted("action_listen")]
    kept = fold(_tracker(events), "Bonjour")["events"]
    assert [(each["event"], each.get("name")) for each in kept[:2]] == [("action", "action_listen"), ("user", None)]


def test_a_slot_that_the_new_domain_does_not_have_is_let_go() -> None:
    rebuilt = rebuild("c1", {"slots": {"language": "en", "colour": "red"}, "events": []}, DOMAIN)
    assert rebuilt.get_slot("language") == "en"
    assert "colour" not in rebuilt.slots


def test_what_the_bot_said_is_not_kept_in_the_state() -> None:
    tracker = _tracker([_said(), BotUttered("Votre code : 4821-7730"), ActionExecuted("action_listen")])
    assert "4821" not in json.dumps(fold(tracker, "Bonjour"))


@pytest.fixture
def conversations(database: Database, cipher: Cipher) -> ConversationStore:
    return ConversationStore(database, cipher)


@pytest.fixture
def trackers(conversations: ConversationStore) -> LogTrackerStore:
    return LogTrackerStore(DOMAIN, conversations, lambda text: mask(text).text)


async def _play(trackers: LogTrackerStore, turn: Turn, *events: Event) -> None:
    """Do what the engine does around a turn: read the tracker, let things happen, save it."""
    with opened(turn):
        tracker = await trackers.retrieve(turn.conversation_id)
        assert tracker is not None
        parse = turn.parse
        tracker.update(UserUttered(turn.text, parse["intent"], parse["entities"], parse, message_id=turn.message_id))
        for event in [*events, ActionExecuted("action_listen")]:
            tracker.update(event)
        await trackers.save(tracker)


def _turn(conversation_id: str, message_id: str, words: str, *entities: dict[str, Any], **values: Any) -> Turn:
    intent = {"name": "inform", "confidence": 0.7}
    parse = {"text": words, "intent": intent, "intent_ranking": [intent], "entities": list(entities)}
    return Turn(conversation_id, message_id, words, parse=parse, messages=[Message(Author.BOT, "Suivante ?")], **values)


async def _open(conversations: ConversationStore) -> str:
    return (await conversations.open("fr", None, opening("fr")))[0]


async def _raw(database: Database) -> str:
    async with database.reading() as session:
        rows = [(await session.execute(text(f"SELECT * FROM {name}"))).all() for name in Base.metadata.tables]
    # SQLite gives JSON columns as they are written, with \u escapes.
    return repr(rows).replace("\\\\u00e9", "é")


async def test_state_and_log_of_a_turn_are_written_together(
    conversations: ConversationStore, trackers: LogTrackerStore
) -> None:
    conversation_id = await _open(conversations)
    turn = _turn(conversation_id, "m1", "Mon fils de 8 ans", {"entity": "age", "value": 8})
    await _play(trackers, turn, ActionExecuted("action_inform"), SlotSet("service", "passport"))
    assert turn.saved
    tracker = await trackers.retrieve(conversation_id)
    assert tracker is not None
    assert (tracker.get_slot("service"), tracker.get_slot("language")) == ("passport", "fr")
    assert [message.text for message in await conversations.answer_to(conversation_id, "m1")] == ["Suivante ?"]


async def test_a_conversation_goes_on_for_long_and_keeps_what_it_knows(
    conversations: ConversationStore, trackers: LogTrackerStore
) -> None:
    conversation_id = await _open(conversations)
    await _play(trackers, _turn(conversation_id, "m0", "Passeport"), SlotSet("service", "passport"))
    for number in range(1, 12):
        await _play(trackers, _turn(conversation_id, f"m{number}", "Et après ?"))
    tracker = await trackers.retrieve(conversation_id)
    assert tracker is not None
    assert (tracker.get_slot("service"), tracker.get_slot("language")) == ("passport", "fr")


async def test_an_answer_to_a_field_is_nowhere_in_clear(
    conversations: ConversationStore, trackers: LogTrackerStore, database: Database
) -> None:
    conversation_id = await _open(conversations)
    secrets = ("Lilas", "divorc", "4242")
    typed = _turn(
        conversation_id,
        "m1",
        "Divorcée, 4242 rue des Lilas",
        {"entity": "age", "value": 4242, "text": "4242"},
        {"entity": "situation", "value": "status=divorced"},
        field="situation",
    )
    await _play(trackers, typed, SlotSet("field", "next"))
    button = Button("Divorcé(e)", Command("answer_field", {"value": "divorced"}))
    pressed = _turn(conversation_id, "m2", button.title, {"entity": "value", "value": "divorced"}, field="status")
    await _play(trackers, pressed)
    for number in range(3, 3 + TURNS_KEPT + 1):
        raw = (await _raw(database)).lower()
        assert [secret for secret in secrets if secret.lower() in raw] == []
        assert "[réponse : situation]" in raw
        await _play(trackers, _turn(conversation_id, f"m{number}", "Merci"))


async def test_what_is_typed_outside_of_a_form_is_masked(
    conversations: ConversationStore, trackers: LogTrackerStore, database: Database
) -> None:
    conversation_id = await _open(conversations)
    await _play(trackers, _turn(conversation_id, "m1", "Rappelez-moi au 06 12 34 56 78, c'est pour un passeport"))
    raw = await _raw(database)
    assert "06 12" not in raw
    assert "passeport" in raw


async def test_a_turn_in_which_an_action_failed_leaves_nothing(
    conversations: ConversationStore, trackers: LogTrackerStore, database: Database
) -> None:
    conversation_id = await _open(conversations)
    before = await _raw(database)
    turn = _turn(conversation_id, "m1", "Bonjour", failure=Failed("L'action a échoué."))
    await _play(trackers, turn, SlotSet("service", "passport"))
    assert not turn.saved
    assert await _raw(database) == before


async def test_an_unknown_conversation_has_no_tracker(trackers: LogTrackerStore) -> None:
    assert await trackers.retrieve("no-such") is None
    assert list(await trackers.keys()) == []


async def test_conversations_side_by_side_keep_their_own_state(
    conversations: ConversationStore, trackers: LogTrackerStore
) -> None:
    opened_ids = [await _open(conversations) for _ in range(4)]
    await asyncio.gather(
        *(_play(trackers, _turn(c, "m1", "Bonjour"), SlotSet("service", f"s{n}")) for n, c in enumerate(opened_ids))
    )
    services = []
    for conversation_id in opened_ids:
        tracker = await trackers.retrieve(conversation_id)
        assert tracker is not None
        services.append(tracker.get_slot("service"))
    assert services == ["s0", "s1", "s2", "s3"]


def test_what_is_taken_back_stays_so_and_what_was_established_before_does_not_go_with_it() -> None:
    listen = ActionExecuted("action_listen")
    state = fold(_tracker([SlotSet("language", "fr"), listen]), "")
    for number in range(TURNS_KEPT + 2):
        folded = rebuild("c1", state, DOMAIN)
        for event in (_said(f"message {number}"), SlotSet("service", f"s{number}"), listen):
            folded.update(event)
        state = fold(folded, "")
    stands = []
    for _ in range(TURNS_KEPT + 1):
        folded = rebuild("c1", state, DOMAIN)
        for event in (_said("/back"), UserUtteranceReverted(), UserUtteranceReverted(), listen):
            folded.update(event)
        state = fold(folded, "")
        tracker = rebuild("c1", state, DOMAIN)
        stands.append((tracker.get_slot("language"), tracker.get_slot("service")))
    assert stands[:2] == [("fr", "s3"), ("fr", "s2")]
    assert {language for language, _ in stands} == {"fr"}

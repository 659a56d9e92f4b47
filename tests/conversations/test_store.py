"""Conversations in the database: who may open one, what is kept of it, and that erasing leaves nothing."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bot.conversations.model import Author, Button, Command, Message, Overtaken
from bot.conversations.notice import switched
from bot.conversations.pending import PendingMessages
from bot.conversations.store import ConversationStore
from bot.conversations.turn import Turn
from bot.conversations.turn_rows import ALTERNATIVES_LOGGED
from bot.db import Database, now
from bot.errors import NotAllowed, NotFound
from tests.conversations.opened import erase_one, everything_in, open_one

PARSE = {
    "intent": {"name": "ask_price", "confidence": 0.9},
    "intent_ranking": [{"name": name, "confidence": 0.9 - i / 10} for i, name in enumerate(["ask_price", *"abcdef"])],
    "entities": [{"entity": "age", "value": 12, "start": 10, "end": 16, "text": "12 ans"}],
    "service": {"id": "passport", "confidence": 0.8},
}


async def _say(store: ConversationStore, conversation_id: str, message_id: str, *answers: Message) -> None:
    turn = Turn(conversation_id, message_id, "Quel prix ?", parse=PARSE, messages=list(answers), model="m")
    await store.record(turn, {"slots": {"unclear": 0}}, language="fr", logged_text="Quel prix ?")


def _answer(words: str = "86 €", *buttons: Button) -> Message:
    return Message(Author.BOT, words, list(buttons))


async def test_messages_are_numbered_without_a_gap(store: ConversationStore) -> None:
    conversation_id, token = await open_one(store)
    await _say(store, conversation_id, "m1", _answer(), _answer("Autre chose ?"))
    await store.append(conversation_id, Message(Author.AGENT, "Bonjour"))
    await _say(store, conversation_id, "m2", _answer())
    messages = await store.messages_after(conversation_id, 0)
    assert [message.sequence for message in messages] == list(range(1, 9))
    assert [message.author for message in messages] == [
        "bot", "bot", "citizen", "bot", "bot", "agent", "citizen", "bot",
    ]  # fmt: skip
    assert (await store.authenticate(conversation_id, token)).messages == 8


async def test_messages_that_come_together_are_numbered_without_a_gap(store: ConversationStore) -> None:
    conversation_id, _ = await open_one(store)
    await asyncio.gather(
        *(store.append(conversation_id, Message(Author.SYSTEM, f"n° {number}")) for number in range(5)),
        *(_say(store, conversation_id, f"m{number}", _answer()) for number in range(5)),
    )
    messages = await store.messages_after(conversation_id, 0)
    assert [message.sequence for message in messages] == list(range(1, 18))


async def test_what_comes_after_a_message_is_what_was_not_seen_yet(store: ConversationStore) -> None:
    conversation_id, _ = await open_one(store)
    await _say(store, conversation_id, "m1", _answer())
    assert [message.sequence for message in await store.messages_after(conversation_id, 3)] == [4]
    assert await store.messages_after(conversation_id, 4) == []
    assert await store.messages_after("no-such", 0) == []


async def test_the_answer_to_a_message_can_be_given_again(store: ConversationStore) -> None:
    conversation_id, _ = await open_one(store)
    button = Button("Délai", Command("ask_delay", {"service": "passport"}))
    said = Message(Author.BOT, "86 €", [button], {"sources": [{"title": "Prix", "url": "https://x.fr"}]})
    await _say(store, conversation_id, "m1", said)
    await _say(store, conversation_id, "m2", _answer("Autre"))
    assert [message.wire() for message in await store.answer_to(conversation_id, "m1")] == [said.wire()]
    assert await store.answer_to(conversation_id, "m3") == []


async def test_a_state_says_whether_a_message_is_answered_already(store: ConversationStore) -> None:
    conversation_id, _ = await open_one(store)
    state, answered, _ = await store.state(conversation_id, "m1")
    assert answered is False
    assert {"event": "slot", "name": "language", "value": "fr"} in state["events"]
    await _say(store, conversation_id, "m1", _answer())
    assert await store.state(conversation_id, "m1") == ({"slots": {"unclear": 0}}, True, 1)
    assert await store.state(conversation_id, "m2") == ({"slots": {"unclear": 0}}, False, 1)
    assert await store.state("no-such", "m1") == ({}, False, None)


async def test_the_same_message_is_recorded_once_and_the_second_time_leaves_nothing(
    store: ConversationStore,
) -> None:
    conversation_id, _ = await open_one(store)
    await _say(store, conversation_id, "m1", _answer("une fois"))
    with pytest.raises(IntegrityError):
        await _say(store, conversation_id, "m1", _answer("deux fois"))
    messages = await store.messages_after(conversation_id, 0)
    assert [message.text for message in messages[2:]] == ["Quel prix ?", "une fois"]
    await _say(store, conversation_id, "m2", _answer())
    assert [message.sequence for message in await store.messages_after(conversation_id, 0)] == list(range(1, 7))


async def test_a_turn_is_written_only_where_the_one_before_left_the_conversation(store: ConversationStore) -> None:
    """Two engines thought of an answer at once, a lock being lost: one is written, the other thinks again."""
    conversation_id, _ = await open_one(store)
    turns = [Turn(conversation_id, name, name, follows=0, messages=[_answer(name)]) for name in ("m1", "m2")]
    await store.record(turns[0], {"said": "m1"}, language="fr", logged_text="x")
    with pytest.raises(Overtaken):
        await store.record(turns[1], {"said": "m2"}, language="fr", logged_text="x")
    assert await store.state(conversation_id, "m2") == ({"said": "m1"}, False, 1)
    turns[1].follows = 1
    await store.record(turns[1], {"said": "m1 m2"}, language="fr", logged_text="x")
    assert await store.state(conversation_id, "m2") == ({"said": "m1 m2"}, True, 2)


async def test_a_turn_that_waited_on_another_machine_is_logged_and_does_not_take_the_dialogue_back(
    store: ConversationStore,
) -> None:
    conversation_id, _ = await open_one(store)
    before = now()
    await _say(store, conversation_id, "m2", _answer())
    late = Turn(conversation_id, "m1", "m1", messages=[_answer("Tard")])
    await store.record(late, {"slots": "of long ago"}, language="en", logged_text="x", at=before)
    assert await store.state(conversation_id, "m1") == ({"slots": {"unclear": 0}}, True, 2)
    last = Turn(conversation_id, "m3", "m3", messages=[_answer("Enfin")])
    await store.record(last, {"slots": "of now"}, language="fr", logged_text="x", at=now())
    assert (await store.state(conversation_id))[0] == {"slots": "of now"}


async def test_of_two_gateways_that_refuse_a_kept_message_one_says_so(
    store: ConversationStore, pending: PendingMessages
) -> None:
    conversation_id, _ = await open_one(store)
    await pending.keep(conversation_id, "m1", "Quel prix ?")
    [message] = await pending.waiting()
    refusals = [pending.refuse(message, Message(Author.SYSTEM, "Non"), store) for _ in range(2)]
    await asyncio.gather(*refusals)
    assert [each.text for each in await store.messages_after(conversation_id, 0)].count("Non") == 1
    assert await pending.waiting() == []


async def test_the_same_identifier_in_two_conversations_is_two_messages(store: ConversationStore) -> None:
    first, _ = await open_one(store)
    second, _ = await open_one(store)
    await _say(store, first, "m1", _answer("à la première"))
    await _say(store, second, "m1", _answer("à la seconde"))
    assert [message.text for message in await store.answer_to(second, "m1")] == ["à la seconde"]


async def test_a_button_means_something_in_its_own_conversation_only(store: ConversationStore) -> None:
    mine, _ = await open_one(store)
    another, _ = await open_one(store)
    button = Button("Oui", Command("answer_field", {"value": "oui"}))
    await _say(store, mine, "m1", _answer("Marié ?", button))
    assert await store.command_of(mine, button.payload) == ("Oui", button.command)
    for conversation_id, payload in ((another, button.payload), (mine, "b-0123456789abcdef"), (mine, "/affirm")):
        with pytest.raises(NotFound) as caught:
            await store.command_of(conversation_id, payload)
        assert caught.value.code == "unknown-button"


async def test_a_turn_says_what_was_understood_and_not_from_which_words(
    store: ConversationStore, database: Database
) -> None:
    conversation_id, _ = await open_one(store)
    await _say(store, conversation_id, "m1", _answer())
    async with database.reading() as session:
        row: Any = (await session.execute(text("SELECT * FROM turns"))).one()
    assert (row.number, row.intent, row.confidence, row.service) == (1, "ask_price", 0.9, "passport")
    raw = await everything_in(database)
    assert "12 ans" not in raw
    alternatives = (
        row.alternatives if isinstance(row.alternatives, list) else __import__("json").loads(row.alternatives)
    )
    assert [each["name"] for each in alternatives] == list("abcdef")[:ALTERNATIVES_LOGGED]


async def test_what_only_the_citizen_may_read_again_is_encrypted_and_comes_back(
    store: ConversationStore, database: Database
) -> None:
    conversation_id, _ = await open_one(store)
    request = {"reference": "GU-7K3M-9QXD", "access_code": "4821-7730"}
    receipt = Message(Author.BOT, "Votre code : 4821-7730", extras={"request": request}, logged_text="[récépissé]")
    await _say(store, conversation_id, "m1", receipt)
    raw = await everything_in(database)
    assert "4821-7730" not in raw
    assert "[récépissé]" in raw
    (read,) = await store.answer_to(conversation_id, "m1")
    assert (read.text, read.extras) == ("Votre code : 4821-7730", {"request": request})


async def test_erasing_leaves_nothing_in_any_table_and_touches_no_other_conversation(
    store: ConversationStore, pending: PendingMessages, database: Database
) -> None:
    erased, token = await open_one(store)
    other, _ = await open_one(store)
    for conversation_id in (erased, other):
        await _say(store, conversation_id, "m1", _answer("86 €", Button("Délai", Command("ask_delay"))))
        await pending.keep(conversation_id, "m2", "Bonjour")
    messages_of_other = await store.messages_after(other, 0)
    assert await erase_one(store, erased) == 4
    raw = await everything_in(database)
    assert erased not in raw
    assert other in raw
    assert await store.messages_after(other, 0) == messages_of_other
    assert len(await pending.waiting()) == 1
    with pytest.raises(NotAllowed):
        await store.authenticate(erased, token)
    assert await erase_one(store, erased) == 0


async def test_nothing_more_is_written_to_an_erased_conversation(
    store: ConversationStore, pending: PendingMessages, database: Database
) -> None:
    conversation_id, _ = await open_one(store)
    await erase_one(store, conversation_id)
    with pytest.raises(NotFound):
        await _say(store, conversation_id, "m1", _answer())
    with pytest.raises(NotFound):
        await store.append(conversation_id, Message(Author.AGENT, "Bonjour"))
    with pytest.raises(NotFound):
        await pending.keep(conversation_id, "m1", "Bonjour")
    assert conversation_id not in await everything_in(database)


async def test_words_of_every_script_come_back_as_they_were(store: ConversationStore) -> None:
    conversation_id, _ = await open_one(store)
    words = "Ça coûte combien ? 😀 محمد \u202f«\u00a0oui\u00a0» ' \" \\ %s {}"
    await _say(store, conversation_id, "m1", _answer(words))
    assert [message.text for message in await store.answer_to(conversation_id, "m1")] == [words]


async def test_a_conversation_goes_on_in_another_language(store: ConversationStore) -> None:
    conversation_id, token = await open_one(store)
    assert await store.recognise(conversation_id, token) == "fr"
    before, *_ = await store.state(conversation_id)
    note = await store.speak(conversation_id, "en", switched("en"))
    assert note.sequence == 3
    assert await store.recognise(conversation_id, token) == "en"
    after, *_ = await store.state(conversation_id)
    assert after["events"][:-1] == before["events"]
    assert after["events"][-1] == {"event": "slot", "name": "language", "value": "en"}
    with pytest.raises(NotFound):
        await store.speak("0" * 24, "en", switched("en"))

"""Who may open a conversation: whoever holds its token, and nobody learns anything from a refusal."""

import pytest

from bot.conversations.notice import opening
from bot.conversations.store import ConversationStore
from bot.db import Database
from bot.errors import NotAllowed
from tests.conversations.opened import erase_one, everything_in, open_one


async def test_a_conversation_opens_with_its_notice_and_a_token(store: ConversationStore) -> None:
    conversation_id, token, messages = await store.open("fr", "https://mairie.example", opening("fr"))
    assert [message.sequence for message in messages] == [1, 2]
    opened = await store.authenticate(conversation_id, token)
    assert (opened.id, opened.language, opened.mode, opened.messages) == (conversation_id, "fr", "bot", 2)
    read = await store.messages_after(conversation_id, 0)
    assert [message.wire() for message in read] == [message.wire() for message in messages]


async def test_the_token_is_nowhere_in_the_database(store: ConversationStore, database: Database) -> None:
    _, token = await open_one(store)
    assert token not in await everything_in(database)


@pytest.mark.parametrize("way", ["authenticate", "recognise"])
async def test_the_token_of_another_conversation_and_an_unknown_one_are_refused_alike(
    store: ConversationStore, way: str
) -> None:
    mine, _ = await open_one(store)
    _, token_of_another = await open_one(store)
    answers = set()
    for conversation_id, token in (
        (mine, token_of_another),
        (mine, ""),
        (mine, "é😀\udcff"),
        ("0" * 24, token_of_another),
        ("no-such", ""),
        ("\x00", ""),
        ("\udcff", ""),
    ):
        with pytest.raises(NotAllowed) as caught:
            await getattr(store, way)(conversation_id, token)
        answers.add(str(caught.value.problem()))
    assert len(answers) == 1


async def test_a_conversation_is_recognised_again_by_its_own_token_only(store: ConversationStore) -> None:
    conversation_id, token = await open_one(store)
    assert await store.recognise(conversation_id, token) == "fr"
    assert await store.recognise(conversation_id, token) == "fr"
    with pytest.raises(NotAllowed):
        await store.recognise(conversation_id, token + "x")


async def test_an_erased_conversation_is_not_recognised(store: ConversationStore) -> None:
    conversation_id, token = await open_one(store)
    await store.recognise(conversation_id, token)
    await erase_one(store, conversation_id)
    with pytest.raises(NotAllowed):
        await store.recognise(conversation_id, token)

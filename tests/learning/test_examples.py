"""What trainers accept is kept masked, once, with where it came from; and it goes with the citizens who wrote it."""

from pathlib import Path

import pytest

from bot.db import Database
from bot.errors import NotFound, Unprocessable
from bot.learning.examples import Example, ExampleState, ExampleStore, Source
from bot.privacy.encryption import Cipher
from bot.rights.erasure import erase
from bot.rights.export import export
from bot.rights.purge import _erase_conversations
from tests.rights.citizen import Office


@pytest.fixture
def office(database: Database, cipher: Cipher, tmp_path: Path) -> Office:
    return Office(database, cipher, tmp_path / "office")


@pytest.fixture
def store(database: Database) -> ExampleStore:
    return ExampleStore(database)


async def accept(store: ExampleStore, text: str, *conversations: str, intent: str = "ask_price") -> Example:
    sources = [Source(each, 1) for each in conversations]
    return await store.accept(text, intent, "passport", language="fr", by="lea", sources=sources)


async def test_an_example_keeps_what_it_means_who_accepted_it_and_where_it_came_from(store: ExampleStore) -> None:
    kept = await accept(store, "  c'est combien\n le passeport ", "c1", "c2")
    assert await store.all() == [kept]
    assert kept.text == "c'est combien le passeport"
    assert (kept.intent, kept.service, kept.language, kept.accepted_by) == ("ask_price", "passport", "fr", "lea")
    assert kept.state is ExampleState.ACCEPTED
    assert kept.sources == (Source("c1", 1), Source("c2", 1))


async def test_personal_data_is_masked_before_it_is_kept(store: ExampleStore) -> None:
    kept = await accept(store, "le passeport, appelez-moi au 06 12 34 56 78")
    assert kept.text == "le passeport, appelez-moi au [téléphone]"


@pytest.mark.parametrize("text", ["", "  \n ", "mot " * 200])
async def test_what_is_empty_or_a_whole_story_is_no_example(store: ExampleStore, text: str) -> None:
    with pytest.raises(Unprocessable):
        await accept(store, text)
    assert await store.all() == []


async def test_the_same_words_with_the_same_meaning_are_one_example_with_all_its_sources(store: ExampleStore) -> None:
    await accept(store, "combien le passeport", "c1")
    again = await accept(store, "combien  le passeport", "c1", "c2")
    assert again.sources == (Source("c1", 1), Source("c2", 1))
    assert len(await store.all()) == 1


async def test_the_same_words_with_another_meaning_are_another_example(store: ExampleStore) -> None:
    await accept(store, "combien le passeport")
    await accept(store, "combien le passeport", intent="ask_delay")
    assert [each.intent for each in await store.all()] == ["ask_delay", "ask_price"]


async def test_a_withdrawn_example_stays_with_its_provenance_and_can_be_accepted_again(store: ExampleStore) -> None:
    kept = await accept(store, "combien le passeport", "c1")
    gone = await store.withdraw(kept.id, "sam", "trop vague")
    assert (gone.state, gone.accepted_by, gone.note) == (ExampleState.WITHDRAWN, "sam", "trop vague")
    assert gone.sources == kept.sources
    assert await store.all(ExampleState.ACCEPTED) == []
    assert (await accept(store, "combien le passeport")).state is ExampleState.ACCEPTED
    with pytest.raises(NotFound):
        await store.withdraw(kept.id + 1, "sam")


async def test_the_order_does_not_depend_on_who_came_first_nor_on_the_database(store: ExampleStore) -> None:
    texts = ["zoo", "Élan", "école", "Abri", "abri"]
    for text in texts:
        await accept(store, text)
    assert [each.text for each in await store.all()] == sorted(texts)


async def test_who_asks_for_erasure_takes_along_what_nobody_else_wrote(office: Office, store: ExampleStore) -> None:
    erased, other = await office.talk(), await office.talk()
    await accept(store, "seulement moi", erased)
    await accept(store, "nous deux", erased, other)
    await accept(store, "une autre personne", other)
    receipt = await erase(office.holdings, erased)
    assert receipt.erased["examples"] == 1
    assert receipt.unlinked == {"examples": 1}
    assert [(each.text, each.sources) for each in await store.all()] == [
        ("nous deux", (Source(), Source(other, 1))),
        ("une autre personne", (Source(other, 1),)),
    ]
    assert erased not in await office.raw()


async def test_a_conversation_that_grew_too_old_leaves_the_example_without_a_link(
    office: Office, store: ExampleStore
) -> None:
    old = await office.talk()
    await accept(store, "seulement moi", old)
    async with office.database.writing() as session:
        await _erase_conversations(session, [old])
    assert [(each.text, each.sources) for each in await store.all()] == [("seulement moi", (Source(),))]


async def test_the_copy_that_a_citizen_asks_for_tells_what_was_taken_from_it(
    office: Office, store: ExampleStore
) -> None:
    mine, other = await office.talk(), await office.talk()
    await accept(store, "de moi", mine)
    await accept(store, "d'ailleurs", other)
    copy = await export(office.holdings, mine)
    assert [each["text"] for each in copy["examples"]] == ["de moi"]

"""Reading the log: every condition, pages that neither repeat nor forget, words as people type them, one transcript."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

from bot.conversations.erasure import erase
from bot.conversations.model import NOTICE_VERSION, Author, Button, Command, Message, Moment
from bot.conversations.notice import opening
from bot.conversations.store import ConversationStore
from bot.conversations.tables import ConversationRow, TurnRow
from bot.conversations.transcripts import Filter, Transcripts
from bot.conversations.turn import Turn
from bot.db import Database
from bot.errors import InvalidInput, NotFound
from bot.privacy.encryption import Cipher

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
SERVICES, INTENTS, MODELS = ("passport", "birth-certificate", None), ("ask_price", "greet", "complain"), ("old", "new")
PHRASES = ("Combien coûte un passeport ?", "Bonjour", "ma CARTE d'identité est perdue", "L’œuvre du maire, rendez-vous")


@pytest.fixture
def log(database: Database) -> Transcripts:
    return Transcripts(database)


@pytest.fixture
def store(database: Database, cipher: Cipher) -> ConversationStore:
    return ConversationStore(database, cipher)


@pytest.fixture
async def said(database: Database, store: ConversationStore) -> dict[str, list[dict[str, Any]]]:
    """Fill a log by chance, and return what was said in each conversation, turn by turn."""
    draw = random.Random(11)
    kept: dict[str, list[dict[str, Any]]] = {}
    clock = START
    for _ in range(14):
        conversation_id, _, _ = await store.open("fr", None, opening("fr"))
        kept[conversation_id] = []
        for number in range(1, draw.choice((1, 2, 3, 6)) + 1):
            clock += timedelta(minutes=draw.choice((0, 1, 600)))
            row = {
                "at": clock,
                "intent": draw.choice(INTENTS),
                "confidence": draw.choice((0.2, 0.5, 0.9)),
                "service": draw.choice(SERVICES),
                "moment": draw.choice((Moment.INFORMATION, Moment.USE)),
                "fallback": draw.random() < 0.3,
                "language": draw.choice(("fr", "en")),
                "model": draw.choice(MODELS),
                "text": draw.choice(PHRASES),
            }
            await _say(store, conversation_id, f"m{number}", **row)
            kept[conversation_id].append(row)
    return kept


async def _say(store: ConversationStore, conversation_id: str, message_id: str, **row: Any) -> None:
    parse = {"intent": {"name": row.get("intent"), "confidence": row.get("confidence")}}
    turn = Turn(conversation_id, message_id, "", parse=parse, messages=[Message(Author.BOT, "86 €")])
    turn.model, turn.moment, turn.service = row.get("model", "m"), row.get("moment"), row.get("service")
    turn.fallback = row.get("fallback", False)
    await store.record(turn, {}, language=row.get("language", "fr"), logged_text=row["text"])
    if "at" in row:
        where = (TurnRow.conversation_id == conversation_id, TurnRow.message_id == message_id)
        async with store.database.writing() as session:
            await session.execute(update(TurnRow).where(*where).values(at=row["at"]))


SAID: list[tuple[Filter, Any]] = [
    (Filter(), lambda row: True),
    (Filter(intent="ask_price"), lambda row: row["intent"] == "ask_price"),
    (Filter(service="passport"), lambda row: row["service"] == "passport"),
    (Filter(moment=Moment.USE), lambda row: row["moment"] == Moment.USE),
    (Filter(language="en"), lambda row: row["language"] == "en"),
    (Filter(model="old"), lambda row: row["model"] == "old"),
    (Filter(fallback=True), lambda row: row["fallback"]),
    (Filter(fallback=False), lambda row: not row["fallback"]),
    (Filter(confidence_from=0.5), lambda row: row["confidence"] >= 0.5),
    (Filter(confidence_below=0.5), lambda row: row["confidence"] < 0.5),
    (Filter(text="passeport"), lambda row: "passeport" in row["text"]),
    (
        Filter(intent="greet", confidence_below=0.6, service="passport"),
        lambda row: row["intent"] == "greet" and row["confidence"] < 0.6 and row["service"] == "passport",
    ),
    (
        Filter(text="carte", language="fr", fallback=False),
        lambda row: "CARTE" in row["text"] and row["language"] == "fr" and not row["fallback"],
    ),
]


async def test_a_list_has_each_conversation_in_which_one_turn_meets_all_and_that_turn(
    log: Transcripts, said: dict[str, list[dict[str, Any]]]
) -> None:
    for wanted, meets in SAID:
        await _lists(log, said, wanted, meets)


async def _lists(log: Transcripts, said: dict[str, list[dict[str, Any]]], wanted: Filter, meets: Any) -> None:
    expected = {
        conversation: max(number for number, row in enumerate(rows, 1) if meets(row))
        for conversation, rows in said.items()
        if any(meets(row) for row in rows)
    }
    lines = await _all(log, wanted, size=3)
    assert {line.conversation_id: line.turn for line in lines} == expected, wanted
    assert len(lines) == len(expected), "a conversation is shown once, whichever page it is on"
    times = [line.at for line in lines]
    assert times == sorted(times, reverse=True)
    for line in lines:
        row = said[line.conversation_id][line.turn - 1]
        assert (line.said, line.intent, line.at, line.turns) == (
            *(row["text"], row["intent"], row["at"]),
            len(said[line.conversation_id]),
        )


async def test_dates_take_from_the_first_up_to_the_second(
    log: Transcripts, said: dict[str, list[dict[str, Any]]]
) -> None:
    times = sorted(row["at"] for rows in said.values() for row in rows)
    since, until = times[len(times) // 3], times[2 * len(times) // 3]
    expected = {each for each, rows in said.items() if any(since <= row["at"] < until for row in rows)}
    assert {line.conversation_id for line in await _all(log, Filter(since=since, until=until))} == expected
    assert 0 < len(expected) < len(said)


async def test_length_counts_the_turns_of_the_whole_conversation(
    log: Transcripts, said: dict[str, list[dict[str, Any]]]
) -> None:
    for wanted in (Filter(turns_from=3), Filter(turns_to=2), Filter(turns_from=2, turns_to=3)):
        least, most = wanted.turns_from or 1, wanted.turns_to or 99
        for and_said in (wanted, replace(wanted, intent="greet")):
            expected = {
                each
                for each, rows in said.items()
                if least <= len(rows) <= most and (and_said is wanted or any(row["intent"] == "greet" for row in rows))
            }
            assert {line.conversation_id for line in await _all(log, and_said)} == expected


async def test_a_conversation_with_a_person_in_it_is_found(
    log: Transcripts, store: ConversationStore, said: dict[str, list[dict[str, Any]]]
) -> None:
    answered, waiting, *others = said
    await store.append(answered, Message(Author.AGENT, "Bonjour, je suis Anne."))
    async with store.database.writing() as session:
        await session.execute(update(ConversationRow).where(ConversationRow.id == waiting).values(mode="waiting"))
    assert {line.conversation_id for line in await _all(log, Filter(handoff=True))} == {answered, waiting}
    assert {line.conversation_id for line in await _all(log, Filter(handoff=False))} == set(others)


async def test_rooms_above_add_conditions_of_their_own(log: Transcripts, said: dict[str, list[dict[str, Any]]]) -> None:
    first, second, *_ = said
    both = select(ConversationRow.id).where(ConversationRow.id.in_([first, second]))
    one = select(ConversationRow.id).where(ConversationRow.id == second)
    page = await log.page(Filter(), among=[both, one])
    assert [line.conversation_id for line in page.lines] == [second]


async def test_a_conversation_in_which_nothing_was_said_is_in_no_list(
    log: Transcripts, store: ConversationStore
) -> None:
    await store.open("fr", None, opening("fr"))
    assert (await log.page(Filter())).lines == []


SEARCHES = [
    ("coute", ["Combien coûte un passeport ?"]),
    ("COÛTE passeport", ["Combien coûte un passeport ?"]),
    ("passep*", ["Combien coûte un passeport ?"]),
    ("passep", []),
    ("identite", ["ma CARTE d'identité est perdue"]),
    ("d'identité", ["ma CARTE d'identité est perdue"]),
    ('"carte d\'identité"', ["ma CARTE d'identité est perdue"]),
    ('"identité carte"', []),
    ("carte bonjour", []),
    ("rendez-vous", ["L’œuvre du maire, rendez-vous"]),
    ("œuvre", ["L’œuvre du maire, rendez-vous"]),
    ("téléphone", ["mon numéro [téléphone]"]),
    ('" OR * NEAR(', []),
    ("a:b & !c | (d)", []),
    ("%_ \\", ["every"]),
    ("\x00", ["every"]),
]


async def test_words_are_found_as_people_type_them(log: Transcripts, store: ConversationStore) -> None:
    said = [*PHRASES, "mon numéro [téléphone]"]
    for phrase in said:
        conversation_id, _, _ = await store.open("fr", None, opening("fr"))
        await _say(store, conversation_id, "m1", text=phrase)
    for search, found in SEARCHES:
        lines = await _all(log, Filter(text=search))
        # What holds no word at all asks nothing.
        assert sorted(line.said for line in lines) == sorted(said if found == ["every"] else found), search


async def test_words_of_an_erased_conversation_are_found_no_more(
    log: Transcripts, store: ConversationStore, said: dict[str, list[dict[str, Any]]]
) -> None:
    before = {line.conversation_id for line in await _all(log, Filter(text="passeport"))}
    gone = next(iter(before))
    async with store.database.writing() as session:
        await erase(session, [gone])
    assert {line.conversation_id for line in await _all(log, Filter(text="passeport"))} == before - {gone}
    async with store.database.writing() as session:
        await session.execute(update(TurnRow).values(text="autre chose"))
    assert await _all(log, Filter(text="passeport")) == []
    assert len(await _all(log, Filter(text="autre"))) == len(said) - 1
    if store.database.is_sqlite:
        async with store.database.writing() as session:
            await session.execute(text("INSERT INTO turns_text(turns_text) VALUES ('integrity-check')"))


async def test_a_cursor_that_no_page_gave_is_refused(log: Transcripts) -> None:
    for after in ("", "x", "1-", "-", "9" * 30 + "-1", "1-2-3", "é-1"):
        with pytest.raises(InvalidInput) as caught:
            await log.page(Filter(), after=after)
        assert caught.value.code == "bad-cursor"


async def test_a_transcript_says_all_that_was_understood_and_shows_nothing_secret(
    log: Transcripts, store: ConversationStore
) -> None:
    conversation_id, _, _ = await store.open("fr", "https://mairie.example", opening("fr"))
    receipt = Message(Author.BOT, "Votre code : 4821-7730", logged_text="[récépissé : GU-7K3M-9QXD]")
    offer = Message(Author.BOT, "Autre chose ?", [Button("Non", Command("deny"))])
    parse = {
        "intent": {"name": "ask_price", "confidence": 0.8},
        "intent_ranking": [{"name": "ask_price", "confidence": 0.8}, {"name": "ask_delay", "confidence": 0.1}],
        "entities": [{"entity": "age", "value": 12}],
        "service": {"id": "passport", "confidence": 0.7},
        "actions": ["action_answer"],
    }
    turn = Turn(conversation_id, "m1", "Quel prix ?", parse=parse, messages=[receipt, offer], model="m.tar.gz")
    turn.moment = Moment.INFORMATION
    await store.record(turn, {}, language="fr", logged_text="Quel prix ?")
    transcript = await log.transcript(conversation_id)
    assert (transcript.notice_version, transcript.origin) == (NOTICE_VERSION, "https://mairie.example")
    assert [(message.author, message.turn) for message in transcript.messages] == [
        *[("bot", None), ("bot", None), ("citizen", 1), ("bot", 1), ("bot", 1)]
    ]
    assert [message.text for message in transcript.messages[2:]] == [
        *["Quel prix ?", "[récépissé : GU-7K3M-9QXD]", "Autre chose ?"]
    ]
    assert transcript.messages[4].buttons == ["Non"]
    assert "4821" not in repr(transcript)
    [understood] = transcript.turns
    assert (understood.intent, understood.confidence, understood.service) == ("ask_price", 0.8, "passport")
    assert (understood.alternatives, understood.actions) == (
        [{"name": "ask_delay", "confidence": 0.1}],
        ["action_answer"],
    )
    assert understood.milliseconds >= 0
    with pytest.raises(NotFound):
        await log.transcript("no-such")


async def _all(log: Transcripts, wanted: Filter, size: int = 4) -> list[Any]:
    lines: list[Any] = []
    after = None
    while True:
        page = await log.page(wanted, after=after, size=size)
        lines += page.lines
        if (after := page.after) is None:
            return lines

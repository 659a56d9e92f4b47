"""What the log teaches comes into the inbox once, masked, with why, beside what says the same."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.conversations.model import Moment
from bot.conversations.reviews import AnnotationState, Reason, ReviewStore
from bot.db import Database
from bot.learning.closest import Examples, read_examples
from bot.learning.harvest import Harvest
from bot.learning.inbox_labelling import Labelling
from bot.learning.inbox_model import Answer, Decision
from bot.learning.inbox_tables import GroupRow, InboxMessageRow
from bot.privacy.encryption import Cipher
from bot.requests.masked import masked
from bot.rights.erasure import erase
from bot.rights.export import export
from bot.rights.holdings import Holdings
from bot.rights.purge import _erase_conversations
from bot.satisfaction.model import Face
from bot.satisfaction.store import FeedbackStore, Subject
from tests.learning.log import LATER, START, Log

TAUGHT = [("combien coûte un passeport", "ask_price"), ("où refaire sa carte", "ask_where")]


@pytest.fixture
def log(database: Database, cipher: Cipher) -> Log:
    return Log(database, cipher)


@pytest.fixture
def harvest(database: Database) -> Harvest:
    return Harvest(database, masked, lambda: TAUGHT)


async def found(database: Database) -> dict[str, list[str]]:
    """Return the signals of each message of the inbox, by its text."""
    async with database.reading() as session:
        rows = await session.execute(select(InboxMessageRow.text, InboxMessageRow.signals))
        return {row.text: row.signals for row in rows}


async def groups(database: Database) -> list[list[str]]:
    """Return the texts of the groups, in the order in which they are put to a labeller."""
    query = select(GroupRow.id, InboxMessageRow.text).join(InboxMessageRow, InboxMessageRow.group_id == GroupRow.id)
    async with database.reading() as session:
        rows = await session.execute(query.order_by(GroupRow.place, GroupRow.id, InboxMessageRow.id))
        found: dict[int, list[str]] = {}
        for number, text in rows:
            found.setdefault(number, []).append(text)
    return list(found.values())


async def test_what_was_unsure_or_not_known_is_harvested_and_what_was_surely_understood_is_not(
    log: Log, harvest: Harvest, database: Database
) -> None:
    await log.talk(("c koi le tarif pr ma carte", "?", 0.3), ("ok merci", "thank", 0.99))
    await log.talk(("et le passeport alors", "ask_price", 0.5), ("merci", "thank", 0.99))
    await log.talk(("combien coûte un passeport", "ask_price", 0.97))
    await harvest.run(LATER)
    assert await found(database) == {
        "c koi le tarif pr ma carte": ["unknown"],
        "et le passeport alors": ["unsure"],
    }


async def test_what_citizens_do_next_tells_that_the_answer_was_wrong(
    log: Log, harvest: Harvest, database: Database
) -> None:
    await log.talk(
        ("prix de la carte grise", "ask_what", 0.7), ("carte grise : quel prix ?", "ask_price", 0.95), service="x"
    )
    # Another question about the same thing, both surely understood, says nothing of the first.
    await log.talk(("prix du permis de conduire", "ask_price", 0.9), ("délai du permis de conduire", "ask_delay", 0.9))
    await log.talk(("je cherche le bureau", "ask_where", 0.9), ("ce n'est pas ma question", "not_helpful", 0.95))
    await log.talk(("vous savez pour la fibre", "off_topic", 0.7))
    scored = await log.talk(("où renouveler mon titre", "ask_who", 0.9))
    await FeedbackStore(database).rate(Subject(scored, Moment.INFORMATION), Face.BAD)
    await harvest.run(LATER)
    assert await found(database) == {
        "prix de la carte grise": ["rephrased"],
        "je cherche le bureau": ["rejected"],
        "vous savez pour la fibre": ["abandoned"],
        "où renouveler mon titre": ["bad_score"],
    }


async def test_what_colleagues_say_of_a_message_brings_it_in_even_later(
    log: Log, harvest: Harvest, database: Database
) -> None:
    reviews = ReviewStore(database, masked)
    first = await log.talk(("mon acte svp", "ask_what", 0.95))
    second = await log.talk(("et le macaron", "ask_price", 0.95))
    assert (await harvest.run(LATER)).messages == 0
    await reviews.propose(first, 1, "submit_request", "birth-certificate", "lea")
    await reviews.annotate(second, 1, AnnotationState.ANOMALY, Reason.WRONG_SERVICE, "", "omar")
    await reviews.annotate(second, 1, AnnotationState.ANOMALY, Reason.TONE, "", "omar")
    assert (await harvest.run(LATER)).messages == 2
    assert await found(database) == {"mon acte svp": ["corrected"], "et le macaron": ["judged"]}


async def test_answers_to_fields_choices_and_stories_teach_nothing(
    log: Log, harvest: Harvest, database: Database
) -> None:
    await log.talk(("[réponse : birth_date]", "?", 0.1), field="birth_date")
    await log.talk(("Oui", "?", 0.1), kind="button")
    await log.talk(("?!", "?", 0.1))
    await log.talk(("et puis " * 80, "?", 0.1))
    assert (await harvest.run(LATER)).messages == 0


async def test_a_harvest_repeated_or_begun_again_adds_nothing_twice(
    log: Log, harvest: Harvest, database: Database
) -> None:
    conversation = await log.talk(("allô la mairie", "?", 0.3))
    assert (await harvest.run(START)).messages == 0, "the conversation is not over yet"
    assert (await harvest.run(LATER)).messages == 1
    assert (await harvest.run(LATER)).conversations == 0, "nothing was read again"
    await log.go_on(conversation, ("toujours rien ?", "?", 0.3), at=LATER, first=2)
    assert (await harvest.run(LATER + timedelta(days=1))).messages == 1
    assert len(await found(database)) == 2


async def test_two_harvests_at_once_bring_each_message_once(log: Log, harvest: Harvest, database: Database) -> None:
    for number in range(3):
        await log.talk((f"ma trottinette est en fourrière depuis {number} jours", "?", 0.3))
    await harvest.run(START)
    both = await asyncio.gather(harvest.run(LATER), Harvest(database, masked).run(LATER))
    assert sum(each.messages for each in both) == 3
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(InboxMessageRow)) == 3
        assert await session.scalar(select(func.count()).select_from(GroupRow)) == 1


async def test_personal_data_that_the_log_let_through_is_masked_when_it_is_harvested(
    log: Log, harvest: Harvest, database: Database
) -> None:
    await log.talk(
        ("bonjour mon tel 06 12 34 56 78", "?", 0.3), ("oui mon tel le 06 12 34 56 78 bonjour", "ask_bot", 0.7)
    )
    await harvest.run(LATER)
    async with database.reading() as session:
        rows = (
            await session.execute(select(InboxMessageRow.text, InboxMessageRow.key, InboxMessageRow.evidence))
        ).all()
    assert rows
    assert "06 12" not in str(rows)
    assert "[téléphone]" in str(rows)


async def test_near_duplicates_are_one_group_and_another_service_is_another_one(
    log: Log, harvest: Harvest, database: Database
) -> None:
    for text in ("Bonjour, quel tarif pour le macaron résident ?", "quel tarif pour le macaron residant"):
        await log.talk((text, "?", 0.3))
    await harvest.run(LATER)
    await log.talk(("quel tarif pour le macaron résident svp", "?", 0.3), at=LATER)
    await log.talk(("quel tarif pour le macaron résident", "?", 0.3), service="passport", at=LATER)
    await harvest.run(LATER + timedelta(days=1))
    assert sorted(map(len, await groups(database))) == [1, 3]


async def test_what_many_people_say_and_nobody_understood_comes_first_with_its_topic_and_closest_example(
    log: Log, harvest: Harvest, database: Database
) -> None:
    await log.talk(("je prends quoi comme formulaire", "ask_documents", 0.55), second=[("ask_how", 0.1)])
    for text in ("ma trottinette est à la fourrière", "la fourrière a pris ma trottinette", "fourrière et trottinette"):
        for _ in range(3):
            await log.talk((text, "?", 0.2))
    await log.talk(("combien coute un paseport", "?", 0.35))
    await harvest.run(LATER)
    first = (await groups(database))[0]
    assert "fourrière" in first[0]
    assert len(first) == 3
    async with database.reading() as session:
        topics = set(await session.scalars(select(GroupRow.topic)))
        closest = await session.scalar(
            select(GroupRow.closest)
            .join(InboxMessageRow, InboxMessageRow.group_id == GroupRow.id)
            .where(InboxMessageRow.text == "combien coute un paseport")
        )
    assert any("fourrière" in topic and "trottinette" in topic for topic in topics)
    assert "" in topics, "what is alone is no topic"
    assert closest is not None
    assert (closest["text"], closest["intent"]) == TAUGHT[0]


async def test_what_looks_like_what_was_set_aside_comes_later(log: Log, harvest: Harvest, database: Database) -> None:
    await log.talk(("indemnité de licenciement", "?", 0.3))
    await log.talk(("combien ça coûte au juste", "ask_price", 0.55), second=[("ask_how", 0.1)])
    await harvest.run(LATER)
    assert await groups(database) == [["indemnité de licenciement"], ["combien ça coûte au juste"]]
    await log.talk(("préavis de licenciement", "?", 0.3), at=LATER)
    await harvest.run(LATER + timedelta(days=1))
    like = select(InboxMessageRow.group_id).where(InboxMessageRow.text == "préavis de licenciement")
    async with database.reading() as session:
        number = await session.scalar(like)
    await Labelling(database, masked).label(number or 0, Answer(Decision.NOT_TRAINING), "tess")
    await log.talk(("et pour mon fils", "?", 0.3), at=LATER + timedelta(days=1))
    await harvest.run(LATER + timedelta(days=2))
    asked = [each[0] for each in await groups(database)]
    assert asked.index("combien ça coûte au juste") < asked.index("indemnité de licenciement")


async def test_a_conversation_that_is_erased_or_too_old_takes_its_messages_with_it(
    log: Log, harvest: Harvest, database: Database, holdings: Holdings
) -> None:
    shared = [await log.talk(("ma trottinette est à la fourrière", "?", 0.2)) for _ in range(2)]
    alone = await log.talk(("la fourrière a ma trottinette depuis hier", "?", 0.2))
    await harvest.run(LATER)
    copy = await export(holdings, alone)
    assert [each["text"] for each in copy["inbox"]] == ["la fourrière a ma trottinette depuis hier"]
    receipt = await erase(holdings, alone)
    assert receipt.erased["inbox"] == 1
    assert await groups(database) == [["ma trottinette est à la fourrière"] * 2]
    async with database.reading() as session:
        assert set(await session.scalars(select(GroupRow.topic))) == {""}, "its words named the topic"
    async with database.writing() as session:
        await _erase_conversations(session, shared)
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(GroupRow)) == 0


def test_the_closest_example_is_the_one_in_the_same_words_whatever_their_order(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("nlu:\n- intent: ask_price\n  examples: |\n    - le prix du passeport\n")
    (tmp_path / "broken.yml").write_text("nlu: [")
    learned = tmp_path / "learned.yml"
    learned.write_text("nlu:\n- intent: ask_delay\n  examples: |\n    - du paseport le prix\n")
    examples = Examples(read_examples(tmp_path, learned))
    assert examples.closest("du paseport le prix ?") == {
        "text": "le prix du passeport",
        "intent": "ask_price",
        "likeness": 0.97,
    }
    assert examples.closest("quelque chose d'autre") == {}
    assert Examples([]).closest("bonjour") == {}

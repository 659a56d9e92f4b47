"""Labelling: what is accepted is an example at once, can be taken back, and two people who disagree are told so."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.conversations.reviews import ReviewStore
from bot.db import Database
from bot.errors import Conflict, NotFound, Unprocessable
from bot.learning.examples import ExampleState, ExampleStore
from bot.learning.harvest import Harvest
from bot.learning.inbox import Inbox, Item
from bot.learning.inbox_labelling import Labelling
from bot.learning.inbox_model import Answer, Decision, Label, State, standing
from bot.learning.inbox_suggestion import Ground, suggest
from bot.learning.inbox_tables import GroupRow
from bot.learning.inbox_topics import topics
from bot.privacy.encryption import Cipher
from bot.requests.masked import masked
from bot.rights.erasure import erase
from bot.rights.holdings import Holdings
from tests.learning.log import LATER, START, Log

PRICE, DELAY = Answer(Decision.INTENT, "ask_price", "passport"), Answer(Decision.INTENT, "ask_delay", "passport")
NOTHING = Answer(Decision.NOT_TRAINING)
Fill = Callable[..., Awaitable[list[str]]]


@pytest.fixture
def inbox(database: Database) -> Inbox:
    return Inbox(database)


@pytest.fixture
def labelling(database: Database) -> Labelling:
    return Labelling(database, masked)


@pytest.fixture
def fill(database: Database, cipher: Cipher) -> Fill:
    """Put messages that were not understood into the inbox, each said in a conversation of its own."""

    async def put(*texts: str, twice: bool = False, service: str | None = None) -> list[str]:
        log = Log(database, cipher)
        ids = [await log.talk((text, "?", 0.3), service=service) for text in texts]
        await Harvest(database, masked).run(LATER)
        async with database.writing() as session:
            await session.execute(update(GroupRow).values(twice=twice))
        return ids

    return put


async def accepted(database: Database) -> list[tuple[str, str]]:
    """Return what would be trained on."""
    return [(each.text, each.intent) for each in await ExampleStore(database).all(ExampleState.ACCEPTED)]


async def following(inbox: Inbox, by: str = "tess") -> Item:
    item = await inbox.next(by, None)
    assert item is not None
    return item


def test_the_last_word_of_each_counts_and_a_settlement_ends_what_was_said_before() -> None:
    def say(by: str, answer: Answer, settles: bool = False) -> Label:
        return Label(answer, by, START, settles)

    assert standing([]).state is State.OPEN
    assert standing([say("tess", Answer(Decision.LEFT))]).state is State.OPEN
    assert standing([say("tess", PRICE), say("tess", DELAY)]).answer == DELAY
    assert standing([say("tess", PRICE), say("ada", PRICE)]).state is State.LABELLED
    apart = standing([say("tess", PRICE), say("ada", Answer(Decision.INTENT, "ask_price", None))])
    assert (apart.state, apart.answer, len(apart.labels)) == (State.CONFLICT, None, 2)
    settled = [say("tess", PRICE), say("ada", DELAY), say("ada", PRICE, settles=True)]
    assert standing(settled).answer == PRICE
    assert standing([*settled, say("tess", DELAY)]).state is State.CONFLICT


def test_a_suggestion_says_what_speaks_for_it_and_what_a_colleague_said_outweighs_all() -> None:
    ranking = [["ask_what", 0.5], ["ask_price", 0.3]]
    closest = {"text": "c'est combien", "intent": "ask_price", "likeness": 0.8}
    first, second = suggest([ranking], [["unsure"]], [{}], "passport", closest)
    assert [(each.ground, each.words, each.percent) for each in first.why] == [
        (Ground.CLOSEST, "c'est combien", 80),
        (Ground.THOUGHT, "", 30),
    ]
    assert (first.intent, first.service, second.intent) == ("ask_price", "passport", "ask_what")
    corrected = {"correction": {"intent": "ask_who", "service": None, "by": "lea"}}
    meanings = suggest([ranking], [["corrected"]], [corrected], "passport", closest)
    assert (meanings[0].intent, meanings[0].why[0].words) == ("ask_who", "lea")
    assert "ask_what" not in [each.intent for each in meanings], "it is known to be wrong"
    said_again = {"then": {"text": "quel prix ?", "intent": "ask_price"}}
    assert suggest([ranking], [["rephrased"]], [said_again], None, {})[0].why[0].ground is Ground.THEN


async def test_what_is_accepted_is_an_example_with_its_provenance_and_undo_takes_it_back(
    inbox: Inbox, labelling: Labelling, fill: Fill, database: Database
) -> None:
    conversations = await fill(
        "quel tarif pour le macaron", "quel tarif pour le macaron", "quels tarifs pour le macaron"
    )
    item = await following(inbox)
    assert (len(item.messages), item.people) == (3, 3)
    await labelling.label(item.id, PRICE, "tess")
    assert await inbox.next("tess", None) is None
    first, second = await ExampleStore(database).all(ExampleState.ACCEPTED)
    assert (first.intent, first.service, first.accepted_by) == ("ask_price", "passport", "tess")
    assert [each.conversation_id for each in first.sources] == conversations[:2]
    assert [each.conversation_id for each in second.sources] == conversations[2:]
    [done] = await inbox.done("tess", None)
    assert (done.label.by, done.conversations) == ("tess", conversations)
    assert await labelling.undo("tess") == item.id
    assert await accepted(database) == []
    assert (await following(inbox)).id == item.id
    with pytest.raises(Conflict):
        await labelling.undo("tess")


async def test_undo_goes_back_step_by_step_and_takes_back_only_ones_own(
    inbox: Inbox, labelling: Labelling, fill: Fill, database: Database
) -> None:
    await fill("où est la piscine municipale", "puis-je adopter un chien", "le wifi de la bibliothèque")
    for intent in ("ask_where", "ask_how"):
        await labelling.label((await following(inbox)).id, Answer(Decision.INTENT, intent), "tess")
    await labelling.label((await following(inbox)).id, NOTHING, "ada")
    await labelling.undo("tess")
    assert [intent for _, intent in await accepted(database)] == ["ask_where"]
    await labelling.undo("tess")
    assert await accepted(database) == []
    assert (await inbox.waiting("tess", None, START)).open == 2


async def test_messages_that_mean_something_else_are_parted_and_wait_and_undo_joins_them_again(
    inbox: Inbox, labelling: Labelling, fill: Fill, database: Database
) -> None:
    await fill("tarif du macaron resident 1", "tarif du macaron resident 2", "tarif du macaron resident 3")
    item = await following(inbox)
    apart = {item.messages[1].id}
    await labelling.label(item.id, PRICE, "tess", apart=apart)
    assert len(await accepted(database)) == 2
    other = await following(inbox)
    assert [each.id for each in other.messages] == list(apart)
    assert await labelling.undo("tess") == item.id
    assert len((await inbox.item(item.id, None)).messages) == 3
    new = await labelling.split(item.id, apart)
    assert len((await inbox.item(new, None)).messages) == 1
    with pytest.raises(Unprocessable):
        await labelling.split(new, apart)


async def test_one_answer_may_go_for_a_whole_topic_and_is_taken_back_as_one(
    inbox: Inbox, labelling: Labelling, fill: Fill, database: Database
) -> None:
    await fill(
        "ma trottinette est à la fourrière", "la fourrière a pris ma trottinette hier", "fourrière : trottinette ?"
    )
    item = await following(inbox)
    assert "fourrière" in item.topic
    assert len(item.related) == 2
    [topic] = await topics(database, None)
    assert (topic.words, topic.first, topic.people, topic.messages) == (item.topic, item.id, 3, 3)
    assert topic.closest is not None
    assert topic.closest.intent == "ask_delay"
    await labelling.label(item.id, PRICE, "tess", also=[number for number, _ in item.related])
    assert len(await accepted(database)) == 3
    await labelling.undo("tess")
    assert await accepted(database) == []
    assert (await inbox.waiting("tess", None, START)).open == 3


async def test_a_second_person_is_asked_blindly_and_a_disagreement_is_shown_to_both_and_settled(
    inbox: Inbox, labelling: Labelling, fill: Fill, database: Database
) -> None:
    await fill("le passeport et les frais", twice=True)
    item = await following(inbox)
    await labelling.label(item.id, PRICE, "tess")
    assert await inbox.next("tess", None) is None, "nobody is asked twice"
    second = await following(inbox, "ada")
    await labelling.label(second.id, DELAY, "ada")
    assert await accepted(database) == [], "nothing is learnt from what is disagreed upon"
    assert (await inbox.waiting("tess", None, START)).conflicts == 1
    [conflict] = await inbox.conflicts(None)
    assert [(each.by, each.answer.intent) for each in conflict.standing.labels] == [
        ("tess", "ask_price"),
        ("ada", "ask_delay"),
    ]
    await labelling.label(item.id, PRICE, "ada", settles=True)
    assert await accepted(database) == [("le passeport et les frais", "ask_price")]
    assert await inbox.conflicts(None) == []
    assert await inbox.next("zoe", None) is None


async def test_a_second_person_who_agrees_ends_the_double_labelling(
    inbox: Inbox, labelling: Labelling, fill: Fill, database: Database
) -> None:
    await fill("le passeport et les frais", twice=True)
    for by in ("tess", "ada"):
        await labelling.label((await following(inbox, by)).id, PRICE, by)
    assert await inbox.next("zoe", None) is None
    assert len(await accepted(database)) == 1


async def test_what_one_leaves_to_others_waits_for_them(inbox: Inbox, labelling: Labelling, fill: Fill) -> None:
    await fill("un jargon que je ne connais pas")
    await labelling.label((await following(inbox)).id, Answer(Decision.LEFT), "tess")
    assert await inbox.next("tess", None) is None
    assert (await following(inbox, "ada")).standing.labels == ()


async def test_a_new_intent_is_a_proposal_with_one_name_and_no_example(
    inbox: Inbox, labelling: Labelling, fill: Fill, database: Database
) -> None:
    await fill("ma trottinette est à la fourrière")
    number = await labelling.propose("  Récupérer un véhicule en fourrière ", "tess")
    assert await labelling.propose("récupérer un véhicule en fourrière", "ada") == number
    assert await inbox.proposed() == {number: "Récupérer un véhicule en fourrière"}
    await labelling.label((await following(inbox)).id, Answer(Decision.NEW, proposed_id=number), "tess")
    assert await accepted(database) == []
    with pytest.raises(Unprocessable):
        await labelling.propose("  ", "tess")


async def test_other_offices_messages_are_not_seen_and_not_labelled(
    inbox: Inbox, labelling: Labelling, fill: Fill, database: Database
) -> None:
    await fill("et pour mon allocation", service="housing-benefit")
    own = ["passport"]
    number = (await following(inbox)).id
    assert await inbox.next("tess", own) is None
    assert (await inbox.waiting("tess", own, START)).open == 0
    with pytest.raises(NotFound):
        await inbox.item(number, own)
    with pytest.raises(NotFound):
        await labelling.label(number, PRICE, "tess", own)
    assert (await inbox.next("tess", ["housing-benefit"])) is not None


async def test_who_corrected_a_message_sees_what_became_of_it(
    inbox: Inbox, labelling: Labelling, database: Database, cipher: Cipher
) -> None:
    reviews = ReviewStore(database, masked)
    conversation = await Log(database, cipher).talk(("mon acte svp", "ask_what", 0.95))
    await reviews.propose(conversation, 1, "ask_price", "passport", "lea")
    await Harvest(database, masked).run(LATER)
    item = await following(inbox)
    assert (item.meanings[0].intent, item.meanings[0].service) == ("ask_price", "passport")

    async def state() -> str:
        return (await reviews.of(conversation)).proposals["m1"][0].state

    await labelling.label(item.id, PRICE, "tess")
    assert await state() == "accepted"
    await labelling.undo("tess")
    assert await state() == "proposed"
    await labelling.label(item.id, NOTHING, "tess")
    assert await state() == "declined"


async def test_what_says_the_same_later_joins_what_was_labelled_and_is_not_asked_again(
    inbox: Inbox, labelling: Labelling, fill: Fill, database: Database, cipher: Cipher
) -> None:
    await fill("quel tarif pour le macaron")
    await labelling.label((await following(inbox)).id, PRICE, "tess")
    await Log(database, cipher).talk(("quel tarif pour le macarron", "?", 0.3), at=LATER)
    await Harvest(database, masked).run(LATER + timedelta(days=1))
    assert await inbox.next("tess", None) is None


async def test_an_erased_conversation_leaves_labels_that_still_can_be_taken_back(
    inbox: Inbox, labelling: Labelling, fill: Fill, database: Database, holdings: Holdings
) -> None:
    first, _ = await fill("quel tarif pour le macaron", "quel tarif pour le macaron !")
    item = await following(inbox)
    await labelling.label(item.id, PRICE, "tess")
    await erase(holdings, first)
    assert (await inbox.item(item.id, None)).people == 1
    await labelling.undo("tess")
    assert await accepted(database) == []
    async with database.reading() as session:
        assert await session.scalar(select(GroupRow.state)) == State.OPEN


async def test_two_people_who_label_at_the_same_moment_are_both_heard(
    inbox: Inbox, labelling: Labelling, fill: Fill, database: Database
) -> None:
    await fill("ma trottinette est à la fourrière", "fourrière : trottinette")
    item = await following(inbox)
    also = [number for number, _ in item.related]
    assert also
    await asyncio.gather(
        labelling.label(item.id, PRICE, "tess", also=also), labelling.label(also[0], DELAY, "ada", also=[item.id])
    )
    assert len(await inbox.conflicts(None)) == 2
    assert await accepted(database) == []


async def test_an_admin_who_labels_what_was_just_erased_is_told_so(
    inbox: Inbox, labelling: Labelling, fill: Fill, holdings: Holdings
) -> None:
    [conversation] = await fill("ma trottinette est à la fourrière")
    item = await following(inbox)
    await erase(holdings, conversation)
    with pytest.raises(NotFound):
        await labelling.label(item.id, PRICE, "tess")
    assert await inbox.next("tess", None) is None

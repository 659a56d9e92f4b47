"""The inbox as pages: what is sent by its forms, what is shown to whom, and that what citizens wrote stays inert."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from bot.db import Database, now
from bot.learning.examples import ExampleState, ExampleStore
from bot.learning.harvest import Harvest
from bot.learning.inbox_tables import GroupRow, InboxMessageRow, LabelRow
from bot.learning.intent_names import families, intent_names, shown
from bot.privacy.encryption import Cipher
from bot.requests.masked import masked
from bot.web.console.render import words
from tests.conftest import ROOT
from tests.console.colleague import Colleague
from tests.learning.log import Log

SignIn = Callable[..., Awaitable[Colleague]]
ATTACK = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
Fill = Callable[..., Awaitable[dict[str, int]]]


@pytest.fixture
async def fill(office_database: Database, cipher_of: Cipher) -> Fill:
    """Put messages into an inbox with nothing else in it; return the numbers of their groups."""

    async def put(*texts: str, twice: bool = False, service: str | None = None) -> dict[str, int]:
        async with office_database.writing() as session:
            for table in (LabelRow, InboxMessageRow, GroupRow):
                await session.execute(delete(table))
        log = Log(office_database, cipher_of)
        for text in texts:
            await log.talk((text, "?", 0.3), service=service, at=now() - timedelta(hours=2))
        await Harvest(office_database, masked).run()
        async with office_database.writing() as session:
            # What other tests left in the log of the office is in the inbox too.
            mine = select(InboxMessageRow.group_id).where(InboxMessageRow.text.in_(texts))
            await session.execute(delete(InboxMessageRow).where(InboxMessageRow.text.not_in(texts)))
            await session.execute(delete(GroupRow).where(GroupRow.id.not_in(mine)))
            await session.execute(update(GroupRow).values(twice=twice))
            rows = await session.execute(select(InboxMessageRow.text, InboxMessageRow.group_id))
            return {row.text: row.group_id for row in rows}

    return put


async def learnt(database: Database) -> set[tuple[str, str]]:
    return {(each.text, each.intent) for each in await ExampleStore(database).all(ExampleState.ACCEPTED)}


def test_every_intent_that_is_taught_has_a_name_and_an_example_in_plain_words() -> None:
    taught = set()
    for path in (ROOT / "data" / "nlu").glob("*.yml"):
        taught |= set(re.findall(r"^- intent: (\w+)", path.read_text(encoding="utf-8"), re.M))
    assert set(intent_names()) == taught
    for language in ("fr", "en"):
        names = [each.name[language] for each in intent_names().values()]
        assert len(set(names)) == len(names), "two intents with one name cannot be told apart"
        assert not any("_" in name for name in names)
    assert {f"family-{each}" for each in families()} <= set(words())
    assert (shown("ask_price", "fr"), shown("unheard_of", "fr"), shown(None, "fr")) == (
        "Connaître le prix",
        "unheard_of",
        "",
    )


async def test_a_suggestion_is_accepted_and_the_next_message_comes_and_undo_brings_it_back(
    colleague: SignIn, fill: Fill, office_database: Database
) -> None:
    await fill("quel tarif pour la trottinette", "puis-je venir avec un chien")
    tess = await colleague("tess")
    await tess.open("/console/inbox")
    assert "Que voulait cette personne ?" in tess.page.words
    assert "0 aujourd'hui, 2 en attente" in tess.page.words
    [path] = set(re.findall(r"/console/inbox/\d+", tess.page.text)) - {"/console/inbox/done"}
    first = re.search(r'<p class="words">([^<]+)', tess.page.text)
    assert first is not None
    await tess.send(path, intent="ask_delay", service="passport")
    assert "C'est noté : Connaître le délai · " in tess.page.words
    assert "1 aujourd'hui, 1 en attente" in tess.page.words
    assert (first[1], "ask_delay") in await learnt(office_database)
    await tess.open("/console/inbox/done")
    assert first[1] in tess.page.words
    await tess.open("/console/inbox")
    await tess.send("/console/inbox/undo")
    assert first[1] in tess.page.words
    assert (first[1], "ask_delay") not in await learnt(office_database)


async def test_each_decision_of_the_form_does_what_it_says(
    colleague: SignIn, fill: Fill, office_database: Database
) -> None:
    numbers = await fill("le chien du maire", "la météo de demain", "un véhicule en fourrière", "et le jargon alors")
    tess = await colleague("tess")
    await tess.open("/console/inbox")
    paths = {text: f"/console/inbox/{number}" for text, number in numbers.items()}
    await tess.send(paths["le chien du maire"], decision="not_training")
    assert "C'est noté : Ne rien en apprendre" in tess.page.words
    # Enter in the field of a new meaning, without scripts, sends the field alone.
    await tess.send(paths["un véhicule en fourrière"], decision="", name="récupérer un véhicule en fourrière")
    assert "Nouveau : récupérer un véhicule en fourrière" in tess.page.words
    await tess.send(paths["et le jargon alors"], decision="left")
    refused = await tess.send(paths["la météo de demain"], intent="answer_field", follow=False)
    assert refused.status == 422, "what only a button can say is no meaning of a message"
    assert (await tess.send(paths["la météo de demain"], decision="new", name=" ", follow=False)).status == 422
    await tess.open("/console/inbox")
    assert "la météo de demain" in tess.page.words
    await tess.open("/console/inbox/done")
    assert "récupérer un véhicule en fourrière" in (await tess.open("/console/inbox/proposed")).words
    for path in ("/console/inbox/999999", "/console/inbox/x"):
        assert (await tess.open(path)).status == 404


async def test_unticked_messages_are_asked_apart_and_ticked_ones_of_the_topic_are_answered_too(
    colleague: SignIn, fill: Fill, office_database: Database
) -> None:
    numbers = await fill(
        "ma trottinette est à la fourrière", "ma trottinette est à la fourriere !", "fourrière : trottinette ?"
    )
    tess = await colleague("tess")
    number = numbers["ma trottinette est à la fourrière"]
    await tess.open(f"/console/inbox/{number}")
    shown_ids = re.findall(r'name="shown" value="(\d+)"', tess.page.text)
    assert len(shown_ids) == 2
    assert "Sur le même sujet : fourrière · trottinette" in tess.page.words
    token = re.search(r'name="form" value="([0-9a-f]+)"', tess.page.text)
    assert token is not None
    form = [("form", token[1]), *(("shown", each) for each in shown_ids), ("keep", shown_ids[0])]
    also = ("also", str(numbers["fourrière : trottinette ?"]))
    await tess.post(f"/console/inbox/{number}", [*form, also, ("intent", "ask_where"), ("service", "")])
    assert await learnt(office_database) >= {
        ("ma trottinette est à la fourrière", "ask_where"),
        ("fourrière : trottinette ?", "ask_where"),
    }
    assert "ma trottinette est à la fourriere !" in tess.page.words, "what was parted is asked next"


async def test_two_who_disagree_are_shown_to_each_other_and_settle_it(
    colleague: SignIn, fill: Fill, office_database: Database
) -> None:
    [number] = (await fill("et les frais du passeport", twice=True)).values()
    tess, ada = await colleague("tess"), await colleague("ada")
    await tess.open("/console/inbox")
    await tess.send(f"/console/inbox/{number}", intent="ask_price", service="")
    await ada.open("/console/inbox")
    assert "et les frais du passeport" in ada.page.words
    assert "tess" not in ada.page.text, "the second person answers blindly"
    assert "et les frais du passeport" not in (await ada.open("/console/inbox/done")).words
    await ada.open("/console/inbox")
    await ada.send(f"/console/inbox/{number}", intent="ask_delay", service="")
    await tess.open("/console/inbox/conflicts")
    assert "Donner raison à tess" in tess.page.words
    assert "Donner raison à ada" in tess.page.words
    assert ("et les frais du passeport", "ask_price") not in await learnt(office_database)
    await tess.send(f"/console/inbox/{number}", settles="yes", decision="intent", intent="ask_delay", service="")
    assert "Aucun désaccord." in tess.page.words
    assert ("et les frais du passeport", "ask_delay") in await learnt(office_database)


async def test_a_proposed_meaning_shows_what_an_intent_needs_and_may_turn_out_to_be_a_known_one(
    colleague: SignIn, fill: Fill, office_database: Database
) -> None:
    said = ("ma trottinette est à la fourrière", "comment récupérer ma voiture enlevée")
    groups = await fill(*said)
    tess = await colleague("tess")
    for text in said:
        await tess.open(f"/console/inbox/{groups[text]}")
        await tess.send(f"/console/inbox/{groups[text]}", decision="new", name="Sortir de la fourrière")
    page = await tess.open("/console/inbox/proposed")
    assert "Sortir de la fourrière" in page.words
    assert "- intent: sortir_de_la_fourriere" in page.words
    assert "- comment récupérer ma voiture enlevée" in page.words
    assert "au moins 10" in page.words
    assert not {(text, "ask_how") for text in said} & await learnt(office_database)
    number = re.findall(r"/console/inbox/proposed/(\d+)", page.text)[-1]
    assert (await tess.send(f"/console/inbox/proposed/{number}", intent="no_such")).status == 422
    await tess.open("/console/inbox/proposed")
    page = await tess.send(f"/console/inbox/proposed/{number}", intent="ask_how")
    assert "Aucun sens nouveau" in page.words
    assert {(text, "ask_how") for text in said} <= await learnt(office_database)
    assert (await tess.send(f"/console/inbox/proposed/{number}", intent="ask_how")).status == 404
    await tess.open("/console/inbox")
    await tess.send("/console/inbox/undo")
    assert not {(text, "ask_how") for text in said} & await learnt(office_database), "taken back as one"


async def test_what_citizens_wrote_is_inert_in_the_inbox(colleague: SignIn, fill: Fill) -> None:
    numbers = await fill(f"{ATTACK} un", f"{ATTACK} deux passeports", twice=True)
    tess, ada = await colleague("tess"), await colleague("ada")
    await tess.open("/console/inbox")
    first, second = numbers.values()
    await tess.send(f"/console/inbox/{first}", decision="new", name=ATTACK)
    await ada.open("/console/inbox")
    await ada.send(f"/console/inbox/{first}", intent="ask_price", service="")
    for path in ("", "/topics", f"/{first}", f"/{second}", "/conflicts", "/done"):
        shown_page = await tess.open(f"/console/inbox{path}")
        assert shown_page.status == 200
        assert "<script>alert" not in shown_page.text
        assert "<img src=x" not in shown_page.text
    assert ATTACK in tess.page.words


async def test_who_may_not_correct_sees_neither_the_inbox_nor_a_link_to_it(colleague: SignIn, fill: Fill) -> None:
    [number] = (await fill("et pour mon loyer")).values()
    for name in ("lea", "quentin"):
        browser = await colleague(name)
        assert (await browser.open("/console/inbox")).status == 403
        assert (await browser.open(f"/console/inbox/{number}")).status == 403
        assert "/console/inbox" not in (await browser.open("/console")).text

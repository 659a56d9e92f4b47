"""Reviewing conversations: marks, tags, annotations with their history, examples for trainers, mentions, samples."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import yaml
from sqlalchemy import update

from bot.conversations.mentions import named
from bot.conversations.tables import ConversationRow
from bot.db import Database, now
from bot.improvement.samples import Samples
from bot.privacy.encryption import Cipher
from bot.requests.masked import masked
from bot.satisfaction.facts import Fact, Kind, Side
from bot.satisfaction.facts_store import FactStore
from tests.console.colleague import Colleague
from tests.console.test_rights import ATTACK, Written
from tests.mystery.visit import read

SignIn = Callable[..., Awaitable[Colleague]]
LIST = "/console/transcripts"


@pytest.fixture
async def written(office_database: Database, cipher_of: Cipher) -> Written:
    return Written(office_database, cipher_of)


async def test_a_judgement_of_an_answer_keeps_those_before_it(colleague: SignIn, written: Written) -> None:
    path = f"{LIST}/{await written.conversation(None)}"
    tess, quentin = await colleague("tess"), await colleague("quentin")
    judgements = [
        (tess, "anomaly", "inaccurate", "Le prix est de 25 euros."),
        (quentin, "to_review", "incomplete", "Dire aussi où payer."),
        (tess, "will_not_fix", "other", ""),
        (quentin, "resolved", "obsolete", "Écrire à jean.dupont@exemple.fr"),
    ]
    for browser, state, reason, expected in judgements:
        await browser.open(path)
        await browser.send(f"{path}/turns/1/annotate", state=state, reason=reason, expected=expected)
    shown = (await tess.open(path)).words
    places = [shown.index(words) for words in ("Dire aussi où payer.", "Le prix est de 25 euros.")]
    assert places == sorted(places), "the newest first"
    assert shown.count("tess") >= 2
    assert "jean.dupont" not in shown
    for state, there in (("resolved", True), ("anomaly", False)):
        listed = (await tess.open(f"{LIST}?annotation={state}")).text
        assert (path in listed) == there, "the last judgement counts"
    assert (await tess.send(f"{path}/turns/1/annotate", state="fine", reason="tone")).status == 422
    assert (await tess.send(f"{path}/turns/99/annotate", state="anomaly", reason="tone")).status == 404


async def test_marks_and_tags_are_filters_kept_in_the_address(colleague: SignIn, written: Written) -> None:
    one, other = await written.conversation(None), await written.conversation(None)
    quentin = await colleague("quentin")
    for conversation, state in ((one, "reviewed"), (other, "later")):
        await quentin.open(f"{LIST}/{conversation}")
        await quentin.send(f"{LIST}/{conversation}/mark", state=state)
    await quentin.send(f"{LIST}/{other}/tags", tag="Prix  Faux")
    for query, there, absent in (
        ("review=reviewed", one, other),
        ("review=later", other, one),
        ("tag=prix+faux", other, one),
    ):
        shown = (await quentin.open(f"{LIST}?{query}")).text
        assert there in shown
        assert absent not in shown
    await quentin.open(f"{LIST}/{other}")
    await quentin.send(f"{LIST}/{other}/tags", remove="prix faux")
    await quentin.send(f"{LIST}/{other}/mark", state="")
    unmarked = (await quentin.open(f"{LIST}?review=none")).text
    assert other in unmarked
    assert one not in unmarked


async def test_previous_and_next_follow_the_list_that_one_came_from(colleague: SignIn, written: Written) -> None:
    ids = [await written.conversation("housing-benefit", "voisinage") for _ in range(3)]
    quentin = await colleague("quentin")
    await quentin.open(f"{LIST}?text=voisinage")
    [newest] = [link for link in quentin.page.links(LIST) if ids[2] in link]
    await quentin.open(newest.replace("&amp;", "&"))
    assert 'rel="prev"' not in quentin.page.text
    for expected in (ids[1], ids[0]):
        [following] = re.findall(r'rel="next" href="([^"]+)"', quentin.page.text)
        await quentin.open(following.replace("&amp;", "&"))
        assert expected in quentin.page.path
    assert 'rel="next"' not in quentin.page.text
    [before] = re.findall(r'rel="prev" href="([^"]+)"', quentin.page.text)
    assert ids[1] in before


async def test_what_was_resolved_is_what_the_citizen_said_else_what_was_observed(
    colleague: SignIn, written: Written
) -> None:
    said_no, seen_yes, unknown = [await written.conversation(None) for _ in range(3)]
    facts = FactStore(written.store.database)
    await facts.append(
        [
            _fact(said_no, "resolved_without_recontact", 1.0),
            _fact(said_no, "resolved", 0.0),
            _fact(seen_yes, "resolved_without_recontact", 1.0),
        ]
    )
    quentin = await colleague("quentin")
    for query, there in (("yes", seen_yes), ("no", said_no)):
        shown = (await quentin.open(f"{LIST}?resolved={query}")).text
        assert [each for each in (said_no, seen_yes, unknown) if each in shown] == [there]


def _fact(conversation_id: str, dimension: str, value: float) -> Fact:
    common = {"moment": "information", "service": None, "administration": None, "channel": "api", "language": "fr"}
    kind, at = Kind.SIGNAL, now()
    more = {"scale": "yes-no", "conversation_id": conversation_id}
    return Fact(at=at, kind=kind, side=Side.CITIZEN, dimension=dimension, value=value, **common, **more)  # type: ignore[arg-type]


async def test_a_saved_filter_brings_the_same_list_back(colleague: SignIn, written: Written) -> None:
    quentin = await colleague("quentin")
    await quentin.open(f"{LIST}?intent=ask_price&confidence=low")
    await quentin.send("/console/filters", name="Prix douteux", intent="ask_price", confidence="low")
    assert "C'est enregistré" in quentin.page.words
    [link] = re.findall(r'href="([^"]+)">Prix douteux<', quentin.page.text)
    assert "intent=ask_price" in link
    assert "confidence=low" in link


async def test_a_corrected_meaning_reaches_the_inbox_of_the_trainers(colleague: SignIn, written: Written) -> None:
    from bot.learning.closest import read_examples
    from bot.learning.harvest import Harvest
    from bot.learning.intent_names import shown
    from tests.conftest import ROOT

    words = "mon voisin brûle ses feuilles mortes le dimanche"
    path = f"{LIST}/{await written.conversation(None, words)}"
    tess, quentin = await colleague("tess"), await colleague("quentin")
    await quentin.open(path)
    assert "/turns/1/correct" not in quentin.page.text, "only who trains proposes"
    await tess.open(path)
    await tess.send(f"{path}/turns/1/correct", intent="ask_where", service="street-problem")
    assert f"Proposé : {shown('ask_where', 'fr')}" in tess.page.words
    await Harvest(written.store.database, masked, lambda: read_examples(ROOT / "data/nlu", ROOT / "none.yml")).run()
    inbox = await tess.open("/console/inbox")
    seen = 0
    while words not in inbox.words and seen < 30:
        further = [link for link in inbox.links("/console/inbox?") if "after" in link or "place" in link]
        if not further:
            break
        inbox, seen = await tess.open(further[-1].replace("&amp;", "&")), seen + 1
    assert words in inbox.words


def test_names_are_found_after_an_at_sign() -> None:
    assert named("@lea regarde, et @Omar aussi (@lea). @tess: oui") == ["lea", "omar", "tess"]
    assert named("écrire à jean@ville.example, @@x @ personne") == []
    assert named("@camille@ville.fr, merci") == ["camille@ville.fr"]


async def test_a_colleague_who_is_named_sees_it_on_the_first_page_until_they_have_read(
    colleague: SignIn, written: Written
) -> None:
    path = f"{LIST}/{await written.conversation(None)}"
    tess, quentin, agnes = await colleague("tess"), await colleague("quentin"), await colleague("agnes")
    await tess.open(path)
    await tess.send(f"{path}/comments", text=f"@quentin, qu'en penses-tu ? {ATTACK}")
    assert "la verra" in tess.page.words or "le verra à l'accueil" in tess.page.words
    home = await quentin.open("/console")
    assert "tess vous cite" in home.words
    assert path in home.links(LIST)
    assert "vous cite" not in (await agnes.open("/console")).words
    await agnes.open(path)
    assert "tess vous cite" in (await quentin.open("/console")).words, "that another reads it changes nothing"
    await quentin.open(path)
    assert path not in (await quentin.open("/console")).links(LIST)


async def test_only_who_may_read_the_conversation_is_told(colleague: SignIn, written: Written) -> None:
    path = f"{LIST}/{await written.conversation('housing-benefit')}"
    omar, lea = await colleague("omar"), await colleague("lea")
    await omar.open(path)
    await omar.send(f"{path}/comments", text="@lea et @nobody-here, une idée ?")
    assert "n'a pas été prévenue" in omar.page.words
    assert path not in (await lea.open("/console")).links(LIST)
    ada = await colleague("ada")
    await ada.open(path)
    await ada.send(f"{path}/comments", text="@omar, à revoir")
    assert path in (await omar.open("/console")).links(LIST)


async def _drawn(database: Database, conversation_id: str) -> None:
    """Let a conversation be of last week, alone, and the lot fall on it."""
    from sqlalchemy import delete

    from bot.improvement.tables import SampleRow

    async with database.writing() as session:
        await session.execute(delete(SampleRow))
        await session.execute(update(ConversationRow).values(created_at=now() - timedelta(days=60)))
        here = ConversationRow.id == conversation_id
        await session.execute(update(ConversationRow).where(here).values(created_at=now() - timedelta(days=7)))
    await Samples(database, "Europe/Paris").draw()


async def test_two_judge_a_drawn_conversation_blind_and_then_see_each_other(
    colleague: SignIn, written: Written, office_database: Database
) -> None:
    conversation = await written.conversation(None, f"bonjour {ATTACK}")
    await _drawn(office_database, conversation)
    path = f"/console/samples/{conversation}"
    tess, quentin = await colleague("tess"), await colleague("quentin")
    await tess.open(f"{LIST}/{conversation}")
    await tess.send(f"{LIST}/{conversation}/comments", text="Remarque à ne pas souffler")
    assert path in (await tess.open("/console/samples")).links("/console/samples/")
    await tess.open(path)
    assert "<script>alert" not in tess.page.text
    assert "Remarque à ne pas souffler" not in tess.page.words
    await tess.send(path, verdict="bad", note="Rien d'utile, à mon sens")
    assert "Votre avis est enregistré" in tess.page.words
    for page in ("/console/samples", path):
        shown = await quentin.open(page)
        assert "à mon sens" not in shown.words
        assert "tess" not in shown.words
    assert (await tess.open(path)).words.count("L'autre avis s'affichera ici") == 1
    assert (await tess.send(path, verdict="good")).status == 409
    await quentin.open(path)
    assert (await quentin.send(path, verdict="splendid")).status == 422
    await quentin.open(path)
    await quentin.send(path, verdict="good")
    for browser in (tess, quentin):
        assert "Avis différents (1)" in (await browser.open("/console/samples")).words
        shown = (await browser.open(path)).words
        assert "tess Mauvaise" in shown
        assert "à mon sens" in shown
        assert "quentin Bonne" in shown


async def test_a_sample_of_another_office_does_not_exist(
    colleague: SignIn, written: Written, office_database: Database
) -> None:
    conversation = await written.conversation("housing-benefit")
    await _drawn(office_database, conversation)
    path = f"/console/samples/{conversation}"
    lea, omar = await colleague("lea"), await colleague("omar")
    assert (await lea.open(path)).status == 404
    await lea.open("/console/samples")
    assert path not in lea.page.text
    assert (await lea.send(path, verdict="good")).status == 404
    assert (await lea.open(f"{LIST}/{conversation}/visit")).status == 404
    assert path in (await omar.open("/console/samples")).text
    assert (await omar.open("/console/samples/0123456789abcdef")).status == 404, "it was never drawn"


async def test_a_conversation_is_downloaded_as_a_test_that_can_be_read(
    colleague: SignIn, written: Written, tmp_path: Any
) -> None:
    conversation = await written.conversation("street-problem", "Combien coûte un lampadaire ?")
    tess = await colleague("tess")
    await tess.open(f"{LIST}/{conversation}")
    await tess.send(
        f"{LIST}/{conversation}/turns/1/annotate",
        state="anomaly",
        reason="tone",
        expected="Dire que\n- x: c'est gratuit",
    )
    await tess.send(f"{LIST}/{conversation}/turns/1/correct", intent="ask_where", service="street-problem")
    link = f"{LIST}/{conversation}/visit"
    async with tess.client.get(link) as response:
        text = await response.text()
        assert response.headers["Content-Disposition"].startswith("attachment")
    assert "# Message 1, anomaly, tone. What should have been said: Dire que - x: c'est gratuit" in text
    folder = tmp_path / "finding-out"
    folder.mkdir()
    (folder / "from-the-log.yml").write_text(text, encoding="utf-8")
    visit = read(folder / "from-the-log.yml")
    assert visit.steps[0].say == "Combien coûte un lampadaire ?"
    assert (visit.steps[0].expect.service, visit.steps[0].expect.facets) == ("street-problem", ["where"])
    assert yaml.safe_load(text)["door"] == "api"

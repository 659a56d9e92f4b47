"""What the office and the citizen do to a request that is filed."""

import asyncio
from typing import Any

import pytest

from bot.db import Database, now
from bot.errors import Conflict, NotFound, Unprocessable
from bot.requests.casework import CITIZEN, LONGEST_TEXT, Author, Casework
from bot.requests.events import Item, Kind, Problem, missing, unread
from bot.requests.lifecycle import Actor
from bot.requests.model import State
from bot.requests.store import RequestStore
from tests.requests.conftest import AGENT, ANSWERS, filed

ITEMS = [
    Item(Problem.WRONG, field="birth_name", note="Le nom d'avant le mariage."),
    Item(Problem.OUT_OF_DATE, label="Justificatif de domicile", note="De moins de trois mois."),
]


async def test_a_request_is_examined_and_accepted_with_what_it_brings(
    requests: RequestStore, casework: Casework
) -> None:
    request = await filed(requests)
    await casework.advance(request.reference, State.EXAMINED, AGENT)
    outcome = {
        "appointment": {"at": "2026-12-03T10:30:00+01:00", "place": "Mairie, guichet 3", "bring": "Votre livret"},
        "payment": {"amount": 120.5, "expected": "2026-12-15"},
        "document": {"name": "Acte", "url": "https://www.ville.example/acte.pdf"},
    }
    await casework.advance(request.reference, State.ACCEPTED, AGENT, outcome=outcome)
    after = await requests.get(request.id)
    assert after.state is State.ACCEPTED
    assert [event.state for event in after.history] == [State.DRAFT, State.FILED, State.EXAMINED, State.ACCEPTED]
    last = (await casework.history(request.reference))[-1]
    assert (last.actor, last.by, last.outcome) == (Actor.AGENT, "camille", outcome)


async def test_a_refusal_carries_its_reason(requests: RequestStore, casework: Casework) -> None:
    request = await filed(requests)
    with pytest.raises(Unprocessable):
        await casework.advance(request.reference, State.REFUSED, AGENT)
    await casework.advance(request.reference, State.REFUSED, AGENT, reason="  Né dans une autre commune. ")
    assert (await requests.get(request.id)).history[-1].reason == "Né dans une autre commune."


async def test_a_decision_may_be_opened_again_with_a_reason(requests: RequestStore, casework: Casework) -> None:
    request = await filed(requests)
    await casework.advance(request.reference, State.CLOSED, AGENT, reason="Sans réponse de votre part.")
    with pytest.raises(Unprocessable):
        await casework.advance(request.reference, State.EXAMINED, AGENT)
    await casework.advance(request.reference, State.EXAMINED, AGENT, reason="Votre réponse est arrivée.")
    assert (await requests.get(request.id)).state is State.EXAMINED


async def test_what_is_missing_is_asked_for_and_answered_one_thing_at_a_time(
    requests: RequestStore, casework: Casework
) -> None:
    request = await filed(requests)
    await casework.ask_completion(request.reference, AGENT, ITEMS)
    assert (await requests.get(request.id)).state is State.TO_COMPLETE
    assert missing(await casework.history(request.reference)) == dict(enumerate(ITEMS))
    left = await casework.complete(request.reference, 0, "Lefèvre")
    assert left == {1: ITEMS[1]}
    assert (await requests.get(request.id)).state is State.TO_COMPLETE
    assert await casework.complete(request.reference, 1, "Facture du 3 novembre") == {}
    after = await requests.get(request.id)
    assert after.state is State.EXAMINED, "the last answer sends it back to examination"
    assert after.answers == ANSWERS | {"birth_name": "Lefèvre"}, "nothing else was asked again"
    answers = [event for event in await casework.history(request.reference) if event.kind is Kind.ANSWER]
    assert [(event.item, event.text) for event in answers] == [(0, None), (1, "Facture du 3 novembre")]


async def test_two_tabs_that_answer_the_same_thing_answer_it_once(requests: RequestStore, casework: Casework) -> None:
    request = await filed(requests)
    await casework.ask_completion(request.reference, AGENT, ITEMS[:1])
    done = await asyncio.gather(
        *(casework.complete(request.reference, 0, f"Nom {n}") for n in range(5)), return_exceptions=True
    )
    assert sum(each == {} for each in done) == 1
    assert {getattr(each, "code", "done") for each in done} == {"done", "not-asked"}


async def test_what_was_asked_for_before_is_forgotten_by_a_new_completion(
    requests: RequestStore, casework: Casework
) -> None:
    request = await filed(requests)
    await casework.ask_completion(request.reference, AGENT, ITEMS)
    await casework.advance(request.reference, State.EXAMINED, AGENT)
    assert missing(await casework.history(request.reference)) == {}
    await casework.ask_completion(request.reference, AGENT, ITEMS[1:])
    assert missing(await casework.history(request.reference)) == {0: ITEMS[1]}


async def test_messages_go_both_ways_and_each_side_knows_what_it_has_not_read(
    requests: RequestStore, casework: Casework
) -> None:
    request = await filed(requests)
    await casework.send_message(request.reference, AGENT, "Pouvez-vous passer jeudi ?")
    await casework.send_message(request.reference, CITIZEN, "Oui, à 10 h.")
    events = await casework.history(request.reference)
    assert [event.text for event in unread(events, Actor.CITIZEN)] == ["Pouvez-vous passer jeudi ?"]
    assert [event.text for event in unread(events, Actor.AGENT)] == ["Oui, à 10 h."]
    assert await casework.mark_read(request.reference, Actor.CITIZEN) == 1
    assert await casework.mark_read(request.reference, Actor.CITIZEN) == 0
    events = await casework.history(request.reference)
    assert unread(events, Actor.CITIZEN) == []
    assert len(unread(events, Actor.AGENT)) == 1


@pytest.mark.parametrize("text", ["", " \n ", "\x00", "x" * (LONGEST_TEXT + 1)], ids=("none", "blank", "nul", "long"))
async def test_a_message_without_words_or_too_long_is_refused(
    requests: RequestStore, casework: Casework, text: str
) -> None:
    request = await filed(requests)
    with pytest.raises(Unprocessable):
        await casework.send_message(request.reference, CITIZEN, text)


async def test_signs_that_no_database_keeps_are_left_out(requests: RequestStore, casework: Casework) -> None:
    request = await filed(requests)
    event = await casework.send_message(request.reference, CITIZEN, "d’accord\x00 \ud800!")
    assert event.text == "d’accord !"


@pytest.mark.parametrize(
    "outcome",
    [
        {"document": {"name": "Acte"}},
        {"document": {"name": "Acte", "url": "javascript:alert(1)"}},
        {"document": {"name": "Acte", "file": "../../secret.key"}},
        {"document": {"name": "Acte", "file": "0" * 32}},
        {"document": {"name": "Acte", "file": "0" * 32, "url": "https://www.ville.fr/acte.pdf"}},
        {"payment": {"amount": -3}},
        {"payment": {"amount": float("nan")}},
        {"appointment": {"at": "demain", "place": "Mairie"}},
        {"appointment": {"at": "2026-12-03T10:30:00", "place": "Mairie"}},
        {"gift": "a watch"},
    ],
)
async def test_an_outcome_that_is_not_well_formed_is_refused_and_changes_nothing(
    requests: RequestStore, casework: Casework, outcome: dict[str, Any]
) -> None:
    request = await filed(requests)
    with pytest.raises(Unprocessable) as refused:
        await casework.advance(request.reference, State.ACCEPTED, AGENT, outcome=outcome)
    assert refused.value.code == "outcome-invalid"
    assert (await requests.get(request.id)).state is State.FILED


async def test_nothing_is_done_to_a_request_that_does_not_exist(casework: Casework) -> None:
    for attempt in (
        casework.advance("GU-2345-6789", State.EXAMINED, AGENT),
        casework.ask_completion("GU-2345-6789", AGENT, ITEMS),
        casework.send_message("GU-2345-6789", AGENT, "Bonjour"),
        casework.history("GU-2345-6789"),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_a_draft_receives_no_message(requests: RequestStore, casework: Casework) -> None:
    draft = await requests.start("birth-certificate", "fr", "c1")
    with pytest.raises(Conflict):
        await casework.send_message(draft.reference, AGENT, "Bonjour")


async def test_two_agents_who_decide_together_decide_once(requests: RequestStore, casework: Casework) -> None:
    request = await filed(requests)
    decided = await asyncio.gather(
        casework.advance(request.reference, State.ACCEPTED, AGENT),
        casework.advance(request.reference, State.REFUSED, Author(Actor.AGENT, "dominique"), reason="Doublon"),
        return_exceptions=True,
    )
    assert sum(isinstance(each, Conflict) for each in decided) == 1


async def test_nothing_personal_can_be_read_in_the_tables(
    requests: RequestStore, casework: Casework, database: Database
) -> None:
    request = await filed(requests)
    await casework.ask_completion(request.reference, AGENT, ITEMS)
    await casework.complete(request.reference, 1, "Facture de Zéphyrine")
    await casework.send_message(request.reference, CITIZEN, "Je m'appelle Zéphyrine")
    async with database.engine.connect() as connection:
        for table in ("requests", "request_events", "outbox"):
            kept = str((await connection.exec_driver_sql(f"SELECT * FROM {table}")).all())
            for words in ("Zéphyrine", "zephyrine", "Quatrebarbes", "Justificatif", "mariage"):
                assert words not in kept


async def test_the_time_of_the_decision_is_kept_and_taken_back(
    requests: RequestStore, casework: Casework, database: Database
) -> None:
    request = await filed(requests)
    await casework.advance(request.reference, State.ACCEPTED, AGENT)
    [line] = (await casework.list()).lines
    assert line.decided_at is not None
    assert abs((now() - line.decided_at).total_seconds()) < 60
    await casework.advance(request.reference, State.EXAMINED, AGENT, reason="Une erreur de notre part.")
    [line] = (await casework.list()).lines
    assert line.decided_at is None

"""Retention at work: what is too old goes, what is not or must stay does not."""

from datetime import timedelta

import pytest

from bot.db import now
from bot.privacy.retention import Retention
from bot.requests.model import State
from bot.rights import purge as purging
from bot.rights.purge import purge, said
from tests.rights.citizen import Office

DAYS = Retention(conversation=180, draft=30, request=400, feedback=1095)
NOTHING = {"drafts": 0, "requests": 0, "conversations": 0, "feedback": 0, "facts": 0}


def _ago(days: float) -> object:
    return now() - timedelta(days=days)


async def test_each_kind_goes_at_its_own_age(office: Office) -> None:
    for days in (DAYS.conversation + 1, DAYS.conversation - 1):
        await office.talk(at=_ago(days))
    for days in (DAYS.draft + 1, DAYS.draft - 1):
        await office.request(None, State.DRAFT, _ago(days))
    for days in (DAYS.request + 1, DAYS.request - 1):
        await office.request(None, State.REFUSED, _ago(days))
    for days in (DAYS.feedback + 1, DAYS.feedback - 1):
        await office.rate(f"c{days}", at=_ago(days))
    expected = {"drafts": 1, "requests": 1, "conversations": 1, "feedback": 1, "facts": 1}
    assert await purge(office.database, DAYS, dry_run=True) == expected
    assert await office.count("conversations") == 2, "a dry run removes nothing"
    assert await purge(office.database, DAYS) == expected
    assert [await office.count(table) for table in ("conversations", "turns", "requests", "feedback")] == [1, 1, 2, 1]
    assert await office.count("facts") == 1
    assert await purge(office.database, DAYS) == NOTHING


async def test_a_conversation_of_a_request_lives_as_long_as_the_request(office: Office) -> None:
    long_ago = _ago(DAYS.request + 100)
    kept, gone = await office.talk(at=long_ago), await office.talk(at=long_ago)
    await office.request(kept, State.ACCEPTED, _ago(DAYS.request - 1))
    await office.request(gone, State.ACCEPTED, _ago(DAYS.request + 1))
    expected = NOTHING | {"requests": 1, "conversations": 1}
    assert await purge(office.database, DAYS, dry_run=True) == expected
    assert await purge(office.database, DAYS) == expected
    raw = await office.raw()
    assert kept in raw
    assert gone not in raw


@pytest.mark.parametrize("state", [State.FILED, State.TO_COMPLETE, State.EXAMINED])
async def test_a_request_that_is_not_over_never_expires(office: Office, state: State) -> None:
    await office.request(await office.talk(at=_ago(5000)), state, _ago(5000))
    assert await purge(office.database, DAYS) == NOTHING


async def test_a_note_outlives_its_conversation_and_its_request_without_leading_to_them(office: Office) -> None:
    conversation = await office.talk(at=_ago(DAYS.conversation + 1))
    request = await office.request(None, State.CLOSED, _ago(DAYS.request + 1))
    await office.rate(conversation)
    await office.rate("another", request.id)
    await purge(office.database, DAYS)
    assert await office.count("feedback") == await office.count("facts") == 2
    raw = await office.raw()
    assert conversation not in raw
    assert request.id not in raw
    assert "trop long" in raw


async def test_many_are_removed_in_small_transactions(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purging, "BATCH", 2)
    for _ in range(5):
        await office.request(None, State.DRAFT, _ago(DAYS.draft + 1))
    assert (await purge(office.database, DAYS))["drafts"] == 5
    assert await office.count("requests") == await office.count("request_events") == 0


def test_what_was_removed_is_said_in_a_few_words() -> None:
    assert said({"drafts": 3, "requests": 0, "conversations": 12, "feedback": 0}) == "3 drafts, 12 conversations"
    assert said(NOTHING) == ""

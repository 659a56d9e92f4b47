"""Retention at work: what is too old goes, what is not or must stay does not."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, inspect

from bot.catalogue.load import Catalogue
from bot.db import now
from bot.jobs import JobRow
from bot.privacy.retention import Retention
from bot.requests.model import State
from bot.rights import purge as purging
from bot.rights.inventory import KEPT, PURGED
from bot.rights.purge import purge, said
from tests.rights.citizen import Office
from tests.rights.rows import row_of_long_ago

DAYS = Retention(conversation=180, draft=30, request=400, feedback=1095, example=1095, audit=365)
KINDS = ("drafts", "requests", "conversations", "feedback", "invitations", "examples", "facts", "comings", "audit")
NOTHING = dict.fromkeys(KINDS, 0)
NOT_OURS = ("alembic_version", "turns_text")
"""Tables of the migrations, and the full text of SQLite, which follows `turns`."""


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
    expected = NOTHING | {"drafts": 1, "requests": 1, "conversations": 1, "feedback": 1, "facts": 1}
    assert await purge(office.holdings, DAYS, dry_run=True) == expected
    assert await office.count("conversations") == 2, "a dry run removes nothing"
    assert await purge(office.holdings, DAYS) == expected
    assert [await office.count(table) for table in ("conversations", "turns", "requests", "feedback")] == [1, 1, 2, 1]
    assert await office.count("facts") == 1
    assert await purge(office.holdings, DAYS) == NOTHING


async def test_a_conversation_of_a_request_lives_as_long_as_the_request(office: Office) -> None:
    long_ago = _ago(DAYS.request + 100)
    kept, gone = await office.talk(at=long_ago), await office.talk(at=long_ago)
    await office.request(kept, State.ACCEPTED, _ago(DAYS.request - 1))
    await office.request(gone, State.ACCEPTED, _ago(DAYS.request + 1))
    expected = NOTHING | {"requests": 1, "conversations": 1}
    assert await purge(office.holdings, DAYS, dry_run=True) == expected
    assert await purge(office.holdings, DAYS) == expected
    raw = await office.raw()
    assert kept in raw
    assert gone not in raw


@pytest.mark.parametrize("state", [State.FILED, State.TO_COMPLETE, State.EXAMINED])
async def test_a_request_that_is_not_over_never_expires(office: Office, state: State) -> None:
    await office.request(await office.talk(at=_ago(5000)), state, _ago(5000))
    assert await purge(office.holdings, DAYS) == NOTHING


async def test_a_note_outlives_its_conversation_and_its_request_without_leading_to_them(office: Office) -> None:
    conversation = await office.talk(at=_ago(DAYS.conversation + 1))
    request = await office.request(None, State.CLOSED, _ago(DAYS.request + 1))
    await office.rate(conversation)
    await office.rate("another", request.id)
    await purge(office.holdings, DAYS)
    assert await office.count("feedback") == await office.count("facts") == 2
    raw = await office.raw()
    assert conversation not in raw
    assert request.id not in raw
    assert "trop long" in raw


async def test_the_contents_of_files_go_with_the_purge(office: Office) -> None:
    conversation = await office.talk()
    gone = await office.request(conversation, State.REFUSED, _ago(DAYS.request + 1))
    kept = await office.request(conversation, State.REFUSED, _ago(DAYS.request - 1))
    for request in (gone, kept):
        await office.send(conversation, request)
    await purge(office.holdings, DAYS)
    assert office.on_disk() == await office.count("request_files") == 1
    assert await office.files.of_request(kept.id)


async def test_that_somebody_came_back_stays_as_a_figure_without_a_request(
    office: Office, catalogue: Catalogue
) -> None:
    service, contacts = catalogue.service("birth-certificate"), office.holdings.contacts
    request = await office.request(None, State.REFUSED, _ago(DAYS.request + 1))
    for days in (3, 1):
        await contacts.notice(service, "c1", request, now() - timedelta(days=days))
    await purge(office.holdings, DAYS)
    [recontact] = await contacts.since(now() - timedelta(days=30))
    assert (recontact.hours_since, recontact.request_id) == (48.0, None)
    assert await office.count("request_contacts") == 1
    assert request.id not in await office.raw()


async def test_every_table_is_purged_or_kept_for_a_reason(office: Office) -> None:
    async with office.database.looking() as connection:
        tables = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    assert {*PURGED, *KEPT} == {each for each in tables if not each.startswith(NOT_OURS)}
    assert not {*PURGED} & {*KEPT}
    assert {*PURGED.values()} <= {*KINDS}


async def test_a_purge_empties_every_table_that_it_says_it_empties(office: Office) -> None:
    """One old row in each table, whatever it holds: after the purge only what is kept is there."""
    async with office.database.writing() as session:
        for table in JobRow.metadata.sorted_tables:
            await session.execute(insert(table).values(row_of_long_ago(table, office.cipher)))
    await purge(office.holdings, DAYS)
    left = {table: await office.count(table) for table in (*PURGED, *KEPT)}
    assert left == dict.fromkeys(PURGED, 0) | dict.fromkeys(KEPT, 1) | {"audit_trail": 1}
    assert [each.action for each in await office.holdings.trail.entries()] == ["purged"]


async def test_many_are_removed_in_small_transactions(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purging, "BATCH", 2)
    for _ in range(5):
        await office.request(None, State.DRAFT, _ago(DAYS.draft + 1))
    assert (await purge(office.holdings, DAYS))["drafts"] == 5
    assert await office.count("requests") == await office.count("request_events") == 0


def test_what_was_removed_is_said_in_a_few_words() -> None:
    assert said(NOTHING | {"drafts": 3, "conversations": 12}) == "3 drafts, 12 conversations"
    assert said(NOTHING) == ""

"""The audit trail: who did what, in lines that stay as they were written."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.accounts.model import RIGHTS, Account, Forbidden, Right, Role
from bot.accounts.store import AccountStore
from bot.db import Database, now


async def _three(accounts: AccountStore) -> None:
    for number in range(3):
        await accounts.trail.note("lea", "read", "request", f"r{number}")


async def _untied(database: Database, statement: str) -> None:
    """Do as somebody who holds the database itself: the triggers go first."""
    triggers = (
        ["DROP TRIGGER audit_trail_no_update", "DROP TRIGGER audit_trail_no_delete"]
        if database.is_sqlite
        else ["ALTER TABLE audit_trail DISABLE TRIGGER ALL"]
    )
    back = [] if database.is_sqlite else ["ALTER TABLE audit_trail ENABLE TRIGGER ALL"]
    async with database.writing() as session:
        for each in [*triggers, statement, *back]:
            await session.execute(text(each))


async def test_the_trail_tells_who_did_what_the_newest_first(accounts: AccountStore) -> None:
    await _three(accounts)
    await accounts.trail.note("paul", "changed", "account", "a1", "role=admin")
    entries = await accounts.trail.entries()
    assert [each.object_id for each in entries] == ["a1", "r2", "r1", "r0"]
    assert entries[0].detail == "role=admin"
    assert [each.object_id for each in await accounts.trail.entries(account="paul")] == ["a1"]
    assert [each.account for each in await accounts.trail.entries(object_id="r1")] == ["lea"]
    older = await accounts.trail.entries(before=entries[1].id, limit=1)
    assert [each.object_id for each in older] == ["r1"]


@pytest.mark.parametrize("statement", ["UPDATE audit_trail SET account = 'nobody'", "DELETE FROM audit_trail"])
async def test_the_database_refuses_to_change_what_was_written(
    accounts: AccountStore, database: Database, statement: str
) -> None:
    await _three(accounts)
    with pytest.raises(DBAPIError, match="only grows"):
        async with database.writing() as session:
            await session.execute(text(statement))
    assert len(await accounts.trail.entries()) == 3


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audit_trail SET account = 'nobody' WHERE object_id = 'r1'", 1),
        ("DELETE FROM audit_trail WHERE object_id = 'r1'", 2),
        ("UPDATE audit_trail SET digest = '0' WHERE object_id = 'r2'", 2),
    ],
)
async def test_a_line_changed_behind_our_back_is_found(
    accounts: AccountStore, database: Database, statement: str, broken: int
) -> None:
    await _three(accounts)
    numbers = [each.id for each in reversed(await accounts.trail.entries())]
    assert await accounts.trail.verify() is None
    await _untied(database, statement)
    assert await accounts.trail.verify() == numbers[broken]


async def _of_long_ago(accounts: AccountStore, monkeypatch: pytest.MonkeyPatch, days: int, *objects: str) -> None:
    monkeypatch.setattr("bot.accounts.audit.now", lambda: now() - timedelta(days=days))
    for each in objects:
        await accounts.trail.note("lea", "read", "request", each)
    monkeypatch.undo()


async def test_old_lines_go_whole_and_a_line_says_so(accounts: AccountStore, monkeypatch: pytest.MonkeyPatch) -> None:
    await _of_long_ago(accounts, monkeypatch, 400, "r0", "r1")
    await _of_long_ago(accounts, monkeypatch, 300, "r2")
    year_ago = now() - timedelta(days=365)
    assert await accounts.trail.purge(year_ago, dry_run=True) == 2
    assert await accounts.trail.purge(year_ago) == 2
    said, kept = await accounts.trail.entries()
    assert (said.action, said.detail[:8], kept.object_id) == ("purged", "2 lines ", "r2")
    assert await accounts.trail.verify() is None
    assert await accounts.trail.purge(year_ago) == 0
    assert len(await accounts.trail.entries()) == 2, "nothing went: nothing is said"
    assert await accounts.trail.purge(now() - timedelta(days=200)) == 1
    assert await accounts.trail.verify() is None


async def test_a_purge_of_every_line_leaves_a_chain_that_holds(
    accounts: AccountStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _of_long_ago(accounts, monkeypatch, 400, "r0", "r1")
    assert await accounts.trail.purge(now() - timedelta(days=365)) == 2
    await accounts.trail.note("lea", "read", "request", "r2")
    assert await accounts.trail.verify() is None


async def test_a_beginning_cut_off_behind_our_back_is_found(
    accounts: AccountStore, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _of_long_ago(accounts, monkeypatch, 400, "r0", "r1", "r2")
    await _untied(database, "DELETE FROM audit_trail WHERE object_id = 'r0'")
    assert await accounts.trail.verify() is not None
    await accounts.trail.purge(now() - timedelta(days=401))
    assert await accounts.trail.verify() is not None


async def test_the_database_keeps_the_lines_of_six_months_whoever_asks(
    accounts: AccountStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _of_long_ago(accounts, monkeypatch, 170, "r0")
    with pytest.raises(DBAPIError, match="only grows"):
        await accounts.trail.purge(now())
    assert [each.object_id for each in await accounts.trail.entries()] == ["r0"]


async def test_an_old_line_can_no_more_be_changed_than_a_new_one(
    accounts: AccountStore, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _of_long_ago(accounts, monkeypatch, 400, "r0")
    with pytest.raises(DBAPIError, match="only grows"):
        async with database.writing() as session:
            await session.execute(text("UPDATE audit_trail SET account = 'nobody'"))


async def test_lines_written_at_once_follow_one_another(accounts: AccountStore) -> None:
    await asyncio.gather(*(accounts.trail.note("lea", "read", "request", str(number)) for number in range(20)))
    assert len(await accounts.trail.entries()) == 20
    assert await accounts.trail.verify() is None


async def test_what_is_done_to_accounts_is_in_the_trail_without_what_opens_them(accounts: AccountStore) -> None:
    account = await accounts.add("lea", Role.AGENT, by="chief")
    token = await accounts.invite(account.id, by="chief")
    await accounts.accept(token, "quatre chevaux mangent tard")
    await accounts.change(account.id, by="chief", role=Role.QUALITY)
    entries = await accounts.trail.entries()
    actions = ["changed", "accepted-invitation", "invited", "created"]
    assert [each.action for each in entries] == actions
    assert [each.account for each in entries] == ["chief", "lea", "chief", "chief"]
    assert token not in repr(entries)
    assert "chevaux" not in repr(entries)


def _account(role: Role, *administrations: str) -> Account:
    return Account("a", "lea", "Léa", role, administrations)


def test_an_agent_of_one_office_sees_nothing_of_another() -> None:
    agent = _account(Role.AGENT, "town-hall")
    assert agent.sees("town-hall")
    assert agent.sees(None)
    assert not agent.sees("caf")
    assert _account(Role.AGENT).sees("caf")


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("right", Right)
def test_a_role_gives_its_rights_and_no_other(role: Role, right: Right) -> None:
    account = _account(role)
    assert account.may(right) == (right in RIGHTS[role])
    if not account.may(right):
        with pytest.raises(Forbidden) as refused:
            account.require(right)
        assert refused.value.status == 403

"""Signing in: the right password, the wrong ones, the second factor, sessions that end."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pyotp
import pytest
from argon2 import extract_parameters
from sqlalchemy import select, update

from bot.accounts import passwords, second_factor
from bot.accounts.model import FREE_FAILURES, LONGEST_WAIT, Account, Role, wait_after
from bot.accounts.sessions import IDLE, LONGEST, SessionStore, form_token, is_form_token
from bot.accounts.store import AccountStore
from bot.accounts.tables import AccountRow, InvitationRow, LoginFailureRow, SessionRow
from bot.db import Database, now
from bot.errors import Conflict, NotAllowed, NotFound, TooManyRequests, Unprocessable

PASSWORD = "quatre chevaux mangent tard"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


async def _agent(accounts: AccountStore, name: str = "lea") -> Account:
    account = await accounts.add(name, Role.AGENT, ["town-hall"])
    return await accounts.accept(await accounts.invite(account.id), PASSWORD)


async def _refusal(accounts: AccountStore, name: str, password: str) -> tuple[Any, ...]:
    with pytest.raises((NotAllowed, TooManyRequests)) as refused:
        await accounts.check(name, password)
    return type(refused.value), refused.value.message, refused.value.code


async def test_a_name_and_its_password_open_an_account(accounts: AccountStore) -> None:
    account = await _agent(accounts)
    assert (await accounts.check(" LEA ", PASSWORD)).id == account.id


async def test_an_unknown_name_and_a_wrong_password_get_the_same_answer(
    accounts: AccountStore,
) -> None:
    await _agent(accounts, "lea")
    closed = await _agent(accounts, "paul")
    await accounts.change(closed.id, by="-", active=False)
    await accounts.add("invited", Role.AGENT)
    answers = {
        await _refusal(accounts, "lea", "wrong password indeed"),
        await _refusal(accounts, "nobody", PASSWORD),
        await _refusal(accounts, "paul", PASSWORD),
        await _refusal(accounts, "invited", PASSWORD),
        await _refusal(accounts, "invited", ""),
    }
    assert len(answers) == 1


async def test_the_answer_takes_the_same_work_whether_there_is_such_an_account(accounts: AccountStore) -> None:
    """The work is that of argon2id with one set of costs: what stands for nobody was made with the same."""
    await _agent(accounts, "lea")
    async with accounts._database.reading() as session:
        kept = (await session.scalars(select(AccountRow.password_hash).where(AccountRow.name == "lea"))).one()
    assert extract_parameters(passwords._NOBODY) == extract_parameters(kept or "")
    assert not await passwords.same_password("the password of nobody", None), "and it opens nothing"


@pytest.mark.parametrize("name", ["lea", "nobody"])
async def test_after_a_few_wrong_passwords_one_has_to_wait_whoever_one_is(accounts: AccountStore, name: str) -> None:
    await _agent(accounts, "lea")
    for _ in range(FREE_FAILURES + 1):
        assert (await _refusal(accounts, name, "wrong password indeed"))[2] == "wrong-password"
    with pytest.raises(TooManyRequests) as refused:
        await accounts.check(name, PASSWORD)
    assert 0 < refused.value.data["retry_after"] <= 16


async def test_the_wait_is_over_after_its_time_and_a_right_password_forgives(
    accounts: AccountStore, database: Database
) -> None:
    await _agent(accounts)
    for _ in range(FREE_FAILURES + 1):
        await _refusal(accounts, "lea", "wrong password indeed")
    async with database.writing() as session:
        await session.execute(update(LoginFailureRow).values(until=now() - timedelta(seconds=1)))
    await accounts.check("lea", PASSWORD)
    async with database.reading() as session:
        assert (await session.execute(select(LoginFailureRow.failures))).all() == []


def test_the_wait_doubles_and_has_an_end() -> None:
    waits = [wait_after(failures).total_seconds() for failures in range(1, 14)]
    assert waits[:FREE_FAILURES] == [0] * FREE_FAILURES
    assert waits[FREE_FAILURES : FREE_FAILURES + 3] == [15, 30, 60]
    assert waits[-1] == LONGEST_WAIT.total_seconds()
    assert wait_after(10_000) == LONGEST_WAIT


async def test_an_invitation_works_once(accounts: AccountStore) -> None:
    account = await accounts.add("lea", Role.AGENT)
    token = await accounts.invite(account.id)
    both = await asyncio.gather(
        accounts.accept(token, PASSWORD), accounts.accept(token, PASSWORD + "!"), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in both) == ["Account", "NotFound"]


async def test_an_invitation_expires_and_a_newer_one_takes_its_place(
    accounts: AccountStore, database: Database
) -> None:
    account = await accounts.add("lea", Role.AGENT)
    older, newer = await accounts.invite(account.id), await accounts.invite(account.id)
    with pytest.raises(NotFound):
        await accounts.invited(older)
    async with database.writing() as session:
        await session.execute(update(InvitationRow).values(expires_at=now()))
    with pytest.raises(NotFound):
        await accounts.accept(newer, PASSWORD)


async def test_a_new_invitation_ends_the_sessions_once_it_is_used(
    accounts: AccountStore, sessions: SessionStore
) -> None:
    account = await _agent(accounts)
    token = await sessions.start(account, complete=True)
    await accounts.accept(await accounts.invite(account.id), PASSWORD + " encore")
    assert await sessions.find(token) is None


async def test_a_weak_password_leaves_the_invitation_usable(accounts: AccountStore) -> None:
    account = await accounts.add("lea", Role.AGENT)
    token = await accounts.invite(account.id)
    with pytest.raises(Unprocessable):
        await accounts.accept(token, "azertyuiop")
    assert (await accounts.accept(token, PASSWORD)).has_password


async def test_the_code_of_an_application_is_asked_for_and_opens_once(accounts: AccountStore) -> None:
    account, secret = await _agent(accounts), second_factor.new_secret()
    code = pyotp.TOTP(secret).now()
    with pytest.raises(NotAllowed):
        await accounts.set_second_factor(account, secret, "000000" if code != "000000" else "111111")
    await accounts.set_second_factor(account, secret, code)
    account = await accounts.get(account.id)
    assert account.has_second_factor
    with pytest.raises(NotAllowed):
        await accounts.check_code(account, code)
    following = pyotp.TOTP(secret).at(now() + timedelta(seconds=30))
    await accounts.check_code(account, f" {following[:3]} {following[3:]} ")
    with pytest.raises(NotAllowed):
        await accounts.check_code(account, following)


async def test_the_secret_of_a_second_factor_is_not_in_the_database(accounts: AccountStore, database: Database) -> None:
    account, secret = await _agent(accounts), second_factor.new_secret()
    await accounts.set_second_factor(account, secret, pyotp.TOTP(secret).now())
    async with database.reading() as session:
        kept = (await session.execute(select(AccountRow.totp_secret))).scalar_one()
    assert secret.encode() not in kept


async def test_wrong_codes_are_counted_too(accounts: AccountStore) -> None:
    account, secret = await _agent(accounts), second_factor.new_secret()
    await accounts.set_second_factor(account, secret, pyotp.TOTP(secret).now())
    account = await accounts.get(account.id)
    for _ in range(FREE_FAILURES + 1):
        with pytest.raises(NotAllowed):
            await accounts.check_code(account, "not a code")
    with pytest.raises(TooManyRequests):
        await accounts.check_code(account, pyotp.TOTP(secret).at(now() + timedelta(seconds=30)))


@pytest.mark.parametrize("code", ["", "12345", "1234567", "١٢٣٤٥٦", "abcdef", "-12345", "12 34"])
def test_what_is_no_code_is_wrong(code: str) -> None:
    assert second_factor.accepted_step(second_factor.new_secret(), code, now(), None) is None


def test_a_code_of_long_ago_is_wrong() -> None:
    secret, at = second_factor.new_secret(), datetime.fromisoformat("2026-11-22T10:00:00+00:00")
    code = pyotp.TOTP(secret).at(at)
    step = second_factor.accepted_step(secret, code, at, None)
    assert step is not None
    assert second_factor.accepted_step(secret, code, at + timedelta(seconds=30), None) == step
    assert second_factor.accepted_step(secret, code, at + timedelta(seconds=90), None) is None
    assert second_factor.accepted_step(secret, code, at, step) is None


def test_the_picture_holds_what_an_application_reads() -> None:
    picture = second_factor.picture(SECRET, "lea", "Guichet")
    assert picture.startswith("data:image/svg+xml")
    assert "issuer=Guichet" in second_factor.address(SECRET, "lea", "Guichet")


async def test_signing_in_takes_a_new_token_and_ends_what_it_replaces(
    accounts: AccountStore, sessions: SessionStore
) -> None:
    account = await _agent(accounts)
    first = await sessions.start(account, complete=False)
    second = await sessions.start(account, complete=True, instead_of=first)
    assert first != second
    assert await sessions.find(first) is None
    found = await sessions.find(second)
    assert found is not None
    assert found.complete


@pytest.mark.parametrize(
    ("column", "age"), [("seen_at", IDLE + timedelta(seconds=1)), ("created_at", LONGEST + timedelta(seconds=1))]
)
async def test_a_session_ends_when_it_is_idle_and_at_the_end_of_the_day(
    accounts: AccountStore, sessions: SessionStore, database: Database, column: str, age: timedelta
) -> None:
    account = await _agent(accounts)
    token = await sessions.start(account, complete=True)
    async with database.writing() as session:
        await session.execute(update(SessionRow).values({column: now() - age}))
    assert await sessions.find(token) is None
    assert await sessions.of(account.id) == []
    assert await sessions.forget() == "1 sessions ended"


async def test_a_session_ends_with_its_account_its_role_or_its_offices(
    accounts: AccountStore, sessions: SessionStore
) -> None:
    account = await _agent(accounts)
    for change in ({"role": Role.TRAINER}, {"administrations": []}, {"active": False}):
        token = await sessions.start(account, complete=True)
        await accounts.change(account.id, by="chief", **change)
        assert await sessions.find(token) is None


async def test_one_ends_ones_own_sessions_and_nobody_elses(accounts: AccountStore, sessions: SessionStore) -> None:
    lea, paul = await _agent(accounts, "lea"), await _agent(accounts, "paul")
    token = await sessions.start(lea, complete=True)
    [session] = await sessions.of(lea.id)
    await sessions.end(paul.id, session.id)
    assert await sessions.find(token) is not None
    await sessions.end(lea.id, session.id)
    assert await sessions.find(token) is None


async def test_only_the_hash_of_a_token_is_kept(
    accounts: AccountStore, sessions: SessionStore, database: Database
) -> None:
    token = await sessions.start(await _agent(accounts), complete=True)
    async with database.reading() as session:
        assert token not in repr((await session.execute(select(SessionRow.id, SessionRow.token_hash))).all())


def test_a_form_is_ours_when_it_carries_what_belongs_to_the_cookie() -> None:
    assert is_form_token("cookie", form_token("cookie"))
    assert not is_form_token("cookie", form_token("another"))
    assert not is_form_token("cookie", "")


async def test_the_last_admin_stays(accounts: AccountStore) -> None:
    chief = await accounts.add("chief", Role.ADMIN)
    for change in ({"role": Role.AGENT}, {"active": False}):
        with pytest.raises(Conflict):
            await accounts.change(chief.id, by="chief", **change)
    await accounts.add("other", Role.ADMIN)
    assert not (await accounts.change(chief.id, by="other", active=False)).active


@pytest.mark.parametrize("name", ["", "Léa", "a b", "a" * 81, ".lea", "<b>lea</b>"])
async def test_a_name_that_cannot_be_typed_everywhere_is_refused(accounts: AccountStore, name: str) -> None:
    with pytest.raises(Unprocessable):
        await accounts.add(name, Role.AGENT)


async def test_a_name_is_given_once(accounts: AccountStore) -> None:
    await accounts.add("lea", Role.AGENT)
    with pytest.raises(Conflict):
        await accounts.add("LEA", Role.ADMIN)

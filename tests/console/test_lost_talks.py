"""An agent who vanishes: the citizen is told, and goes back to the queue at their place."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.accounts.store import digest
from bot.accounts.tables import SessionRow
from bot.conversations.handoff import Handoff, HandoffState
from bot.conversations.handoff_store import HandoffStore
from bot.conversations.handoff_tables import HandoffRow
from bot.conversations.hours import read_hours
from bot.conversations.model import Mode
from bot.conversations.notice import opening
from bot.conversations.presence import Presence
from bot.conversations.store import ConversationStore
from bot.db import Database, now
from bot.privacy.encryption import Cipher
from bot.web.desk_watch import DeskWatch
from bot.web.hub import Hub
from tests.console.colleague import Colleague

SignIn = Callable[..., Awaitable[Colleague]]
GONE = timedelta(minutes=5)


@pytest.fixture
def handoffs(office_database: Database, cipher_of: Cipher) -> HandoffStore:
    return HandoffStore(ConversationStore(office_database, cipher_of), cipher_of)


async def _asks(handoffs: HandoffStore) -> Handoff:
    conversation_id, _, _ = await handoffs.conversations.open("fr", None, opening("fr"))
    return await handoffs.ask(conversation_id, "birth-certificate", "town-hall", "fr")


async def _nobody(handoff: Handoff) -> bool:
    return False


async def _silent_since(handoffs: HandoffStore, handoff: Handoff, time: timedelta) -> None:
    async with handoffs.database.writing() as session:
        values = {"agent_seen_at": now() - time}
        await session.execute(update(HandoffRow).where(HandoffRow.id == handoff.id).values(values))


async def test_the_citizen_of_an_agent_who_vanished_goes_back_to_their_place(
    colleague: SignIn, handoffs: HandoffStore
) -> None:
    first, second = await _asks(handoffs), await _asks(handoffs)
    lea, agnes = await colleague("lea"), await colleague("agnes")
    await lea.open("/console/waiting")
    await lea.send(f"/console/waiting/{first.id}/claim")
    await _silent_since(handoffs, first, timedelta(minutes=6))
    [back] = await handoffs.give_back_lost(GONE)
    assert await handoffs.give_back_lost(GONE) == [], "once"
    assert (back.id, back.state, back.asked_at) == (first.id, HandoffState.WAITING, first.asked_at)
    assert await handoffs.before(second) == 1 + await handoffs.before(first), "before those who came later"
    said = (await handoffs.conversations.messages_after(first.conversation_id, 0))[-1]
    assert "n'est plus connectée" in said.text
    assert [button.title for button in said.buttons] == ["Revenir à l'assistant", "Laisser un message"]
    assert await handoffs.conversations.mode(first.conversation_id) is Mode.WAITING
    assert first.id not in {each.id for each in await handoffs.warn_late(0, _nobody)}, "the offer stands in the notice"
    talk = f"/console/talks/{first.id}"
    assert (await lea.open(talk)).status == 409, "who comes back is told so"
    await agnes.open("/console/waiting")
    await agnes.send(f"/console/waiting/{first.id}/claim")
    assert agnes.page.path == talk
    for each in (first, second):
        await agnes.open("/console/waiting")
        await agnes.send(f"/console/waiting/{each.id}/claim")
        await agnes.send(f"/console/talks/{each.id}/end", outcome="gone")


@pytest.mark.parametrize("sign", ["/console/here", "/console/waiting", "/console/talks/{id}"])
async def test_who_is_still_there_keeps_the_talk(colleague: SignIn, handoffs: HandoffStore, sign: str) -> None:
    handoff = await _asks(handoffs)
    lea = await colleague("lea")
    await lea.open("/console/waiting")
    await lea.send(f"/console/waiting/{handoff.id}/claim")
    await _silent_since(handoffs, handoff, timedelta(minutes=6))
    assert (await lea.open(sign.format(id=handoff.id))).status in (200, 204)
    assert await handoffs.give_back_lost(GONE) == []
    await lea.open(f"/console/talks/{handoff.id}")
    await lea.send(f"/console/talks/{handoff.id}/end", outcome="gone")


async def test_a_page_that_stays_open_does_not_keep_its_session_alive(
    colleague: SignIn, office_database: Database
) -> None:
    lea = await colleague("lea")
    long_ago = now() - timedelta(minutes=50)
    mine = SessionRow.token_hash == digest(lea.cookie)
    async with office_database.writing() as session:
        await session.execute(update(SessionRow).where(mine).values(seen_at=long_ago))
    assert (await lea.open("/console/here")).status == 204
    async with office_database.reading() as session:
        assert (await session.execute(select(SessionRow.seen_at).where(mine))).scalar_one() == long_ago


async def test_right_after_a_start_no_talk_is_taken_away(
    colleague: SignIn, handoffs: HandoffStore, office_database: Database
) -> None:
    handoff = await _asks(handoffs)
    lea = await colleague("lea")
    await lea.open("/console/waiting")
    await lea.send(f"/console/waiting/{handoff.id}/claim")
    await _silent_since(handoffs, handoff, timedelta(minutes=6))
    hours = read_hours("", "", "Europe/Paris")
    watch = DeskWatch(handoffs, Presence(office_database), hours, 10, 5, Hub())
    assert await watch.give_back_lost() == "", "the gateway was away: the pages come back by themselves"
    watch = DeskWatch(handoffs, Presence(office_database), hours, 10, 0, Hub())
    assert await watch.give_back_lost() == "1 back in the queue, whose agent vanished"
    await lea.open("/console/waiting")
    await lea.send(f"/console/waiting/{handoff.id}/claim")
    await lea.send(f"/console/talks/{handoff.id}/end", outcome="gone")

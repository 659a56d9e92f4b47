"""Who left a message is answered by e-mail, by a real mail server: once, and nothing of it stays."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.accounts.model import Account, Role
from bot.conversations.handoff import Handoff, HandoffState
from bot.conversations.handoff_store import HandoffStore
from bot.conversations.handoff_talk import Talk
from bot.conversations.notice import opening
from bot.conversations.store import ConversationStore
from bot.db import Database
from bot.errors import Conflict, Unprocessable
from bot.privacy.encryption import Cipher
from bot.requests.delivery import Delivery
from bot.requests.desk_letters import answer_by_mail
from bot.requests.masked import masked
from bot.requests.undelivered import Undelivered
from bot.rights.erasure import erase
from bot.rights.holdings import Holdings
from tests.requests.mail_server import MailServer
from tests.requests.test_delivery import _statuses, _time_passes, deliver, server

__all__ = ["deliver", "server"]
LEA = Account("1", "lea", "Léa, mairie", Role.AGENT)
ANSWER = "Bonjour Zéphyrine, votre dossier est au guichet 3."


@pytest.fixture
def talk(database: Database, cipher: Cipher) -> Talk:
    return Talk(HandoffStore(ConversationStore(database, cipher), cipher), masked)


async def _left(talk: Talk, contact: str = "zephyrine@exemple.fr") -> Handoff:
    conversation_id, _, _ = await talk.handoffs.conversations.open("fr", None, opening("fr"))
    handoff = await talk.handoffs.ask(conversation_id, "birth-certificate", "town-hall", "fr", HandoffState.LEAVING)
    await talk.hear(handoff, "m1", "Mon dossier <b>bloque</b>.")
    await talk.hear(await talk.handoffs.get(handoff.id), "m2", contact)
    return await talk.handoffs.get(handoff.id)


async def _raw(talk: Talk) -> str:
    """Everything in the database that is not encrypted."""
    from sqlalchemy import inspect, text

    async with talk.handoffs.database.looking() as connection:
        tables = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        return repr([(await connection.execute(text(f"SELECT * FROM {name}"))).all() for name in tables])


async def test_the_answer_goes_to_the_address_and_into_the_conversation_and_is_then_forgotten(
    talk: Talk, server: MailServer, deliver: Callable[..., Delivery]
) -> None:
    handoff = await _left(talk)
    await answer_by_mail(talk, handoff, LEA, ANSWER)
    with pytest.raises(Conflict):
        await answer_by_mail(talk, handoff, LEA, ANSWER)
    shown = [each.text for each in await talk.handoffs.conversations.messages_after(handoff.conversation_id, 0)]
    assert shown[-1] == ANSWER
    assert "Léa, mairie répond au message" in shown[-2]
    for _ in range(2):
        await deliver().run()
    [letter] = server.received
    assert letter["To"] == "zephyrine@exemple.fr"
    assert letter["Subject"] == "Une réponse au message que vous avez laissé"
    plain, html = (part.get_content() for part in letter.iter_parts())
    assert ANSWER in plain
    assert "Mon dossier <b>bloque</b>." in plain
    assert "<b>bloque" not in html
    assert (await talk.handoffs.get(handoff.id)).note is None
    raw = await _raw(talk)
    for words in ("zephyrine@", "bloque", "Zéphyrine"):
        assert words not in raw


async def test_a_refused_address_brings_the_message_back_to_the_desk(
    talk: Talk, server: MailServer, deliver: Callable[..., Delivery]
) -> None:
    handoff = await _left(talk)
    await answer_by_mail(talk, handoff, LEA, ANSWER)
    server.answers = ["550 no such mailbox"]
    await deliver().run()
    back = await talk.handoffs.get(handoff.id)
    assert back.state is HandoffState.LEFT
    assert back.note is not None
    assert back.note["returned"] == "SMTP 550"
    assert back.note["answer"] == ANSWER, "what was written is not to be written again"
    [letter] = await Undelivered(talk.handoffs.database).all()
    assert letter.reference == handoff.id
    await answer_by_mail(talk, back, LEA, "Autrement dit, oui.")
    await deliver().run()
    assert len(server.received) == 1
    assert (await talk.handoffs.get(handoff.id)).note is None


async def test_a_mail_server_that_is_away_is_tried_again(
    talk: Talk, server: MailServer, deliver: Callable[..., Delivery]
) -> None:
    handoff = await _left(talk)
    await answer_by_mail(talk, handoff, LEA, ANSWER)
    server.answers = ["451 try later"]
    await deliver().run()
    assert await _statuses(talk.handoffs.database) == ["waiting"]
    assert (await talk.handoffs.get(handoff.id)).note is not None
    await _time_passes(talk.handoffs.database)
    await deliver().run()
    assert len(server.received) == 1


async def test_an_answer_that_waits_goes_with_the_conversation_when_it_is_erased(
    talk: Talk, server: MailServer, deliver: Callable[..., Delivery], holdings: Holdings
) -> None:
    handoff = await _left(talk)
    await answer_by_mail(talk, handoff, LEA, ANSWER)
    await erase(holdings, handoff.conversation_id)
    await deliver().run()
    assert server.received == []
    assert await _statuses(talk.handoffs.database) == []


@pytest.mark.parametrize(
    ("contact", "text", "error"), [("06 12 34 56 78", ANSWER, Conflict), ("z@b.fr", "", Unprocessable)]
)
async def test_a_phone_number_and_an_empty_answer_are_refused(talk: Talk, contact: str, text: str, error: Any) -> None:
    handoff = await _left(talk, contact)
    with pytest.raises(error):
        await answer_by_mail(talk, handoff, LEA, text)
    assert (await talk.handoffs.get(handoff.id)).state is HandoffState.LEFT

"""Telling people: sent once, by a real mail server, whatever fails in between."""

import asyncio
import json
import logging
import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.catalogue.load import Catalogue
from bot.conversations.store import ConversationStore
from bot.db import Database, now
from bot.errors import Unprocessable
from bot.privacy.encryption import Cipher
from bot.requests import mail
from bot.requests.casework import CITIZEN, Casework
from bot.requests.delivery import Delivery
from bot.requests.events import Item, Problem, RequestEvent
from bot.requests.model import Request, State
from bot.requests.outbox import ATTEMPTS, Channel, Outbox, Status
from bot.requests.store import RequestStore
from bot.requests.tables import OutboxRow
from bot.requests.undelivered import Undelivered
from bot.settings import Settings
from tests.requests.conftest import AGENT, filed
from tests.requests.mail_server import MailServer, serving

SCRIPT = "<script>alert('Zéphyrine')</script>"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with serving() as handler:
        yield handler


@pytest.fixture
def deliver(
    database: Database, cipher: Cipher, catalogue: Catalogue, server: MailServer, tmp_path: Path
) -> Callable[..., Delivery]:
    rung: list[str] = []

    def make(survey: Any = None, **settings: Any) -> Delivery:
        mail = {"smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_tls": "none"}
        known = mail | {"smtp_from": "Guichet <guichet@ville.example>", "page_url": "https://ville.example"} | settings
        conversations = ConversationStore(database, cipher)
        return Delivery(Settings(**known), database, cipher, catalogue, conversations, rung.append, survey)

    make.rung = rung  # type: ignore[attr-defined]
    return make


async def _statuses(database: Database, channel: Channel = Channel.EMAIL) -> list[str]:
    async with database.reading() as session:
        query = select(OutboxRow.status).where(OutboxRow.channel == channel).order_by(OutboxRow.id)
        return list(await session.scalars(query))


async def _time_passes(database: Database) -> None:
    async with database.writing() as session:
        await session.execute(
            update(OutboxRow).values(next_at=OutboxRow.created_at, leased_until=now() - timedelta(seconds=1))
        )


async def test_the_acknowledgement_is_sent_to_the_address_that_was_given(
    requests: RequestStore, server: MailServer, deliver: Callable[..., Delivery]
) -> None:
    request = await filed(requests)
    await deliver().run()
    [message] = server.received
    assert message["To"] == "zephyrine@exemple.fr"
    assert message["Subject"] == f"Votre demande {request.reference} est bien reçue"
    assert message["Auto-Submitted"] == "auto-generated"
    plain, html = (part.get_content() for part in message.iter_parts())
    for words in (request.reference, "Mairie", "Une personne du service", "L231-1", "09 69 39 00 00"):
        assert words in plain
    assert "https://ville.example" in plain
    assert '<html lang="fr">' in html
    assert requests.access_code(request.id) not in plain + html


async def test_the_news_of_a_decision_carries_the_link_that_asks_how_it_went(
    requests: RequestStore, casework: Casework, server: MailServer, deliver: Callable[..., Delivery]
) -> None:
    async def survey(request: Request, event: RequestEvent) -> str:
        return f"https://guichet.example/{request.id}" if event.state is State.ACCEPTED else ""

    request = await filed(requests)
    await casework.advance(request.reference, State.ACCEPTED, AGENT)
    await deliver(survey).run()
    received, decided = server.received
    for kind in ("plain", "html"):
        assert f"https://guichet.example/{request.id}" in decided.get_body((kind,)).get_content()
        assert "guichet.example" not in received.get_body((kind,)).get_content()


async def test_every_event_of_the_office_is_told_once_and_those_of_the_citizen_are_not(
    requests: RequestStore, casework: Casework, server: MailServer, deliver: Callable[..., Delivery]
) -> None:
    request = await filed(requests)
    await casework.ask_completion(request.reference, AGENT, [Item(Problem.WRONG, field="birth_name", note="Relisez.")])
    await casework.complete(request.reference, 0, "Lefèvre")
    await casework.send_message(request.reference, CITIZEN, "Bonjour")
    await casework.send_message(request.reference, AGENT, f"Passez jeudi {SCRIPT}")
    await casework.advance(request.reference, State.REFUSED, AGENT, reason="Née dans une autre commune.")
    delivery = deliver()
    await asyncio.gather(delivery.run(), deliver().run())
    await delivery.run()
    told = {message["Subject"]: message for message in server.received}
    assert len(server.received) == len(told) == 4
    assert all("Quatrebarbes" not in subject and "refus" not in subject for subject in told)
    missing = told[f"Il manque quelque chose à votre demande {request.reference}"]
    assert "Nom de naissance : il y a une erreur. Relisez." in missing.get_body(("plain",)).get_content()
    decided = told[f"Une réponse à votre demande {request.reference}"].get_body(("plain",)).get_content()
    assert "est refusée" in decided
    assert "Née dans une autre commune." in decided
    assert "recours gracieux" in decided
    wrote = told[f"Un message du service pour votre demande {request.reference}"]
    assert SCRIPT in wrote.get_body(("plain",)).get_content()
    assert SCRIPT not in wrote.get_body(("html",)).get_content()


async def test_the_citizen_is_told_in_their_language(
    requests: RequestStore, server: MailServer, deliver: Callable[..., Delivery]
) -> None:
    draft = await requests.start("birth-certificate", "en", "c1")
    await requests.answer(draft.id, {"email": "zoe@example.com"})
    await requests.file(draft.id, 10)
    await deliver().run()
    [message] = server.received
    assert message["Subject"] == f"Your request {draft.reference} has been received"
    assert "A person of the office" in message.get_body(("plain",)).get_content()


async def test_what_could_not_be_sent_is_tried_again_with_the_same_identifier(
    requests: RequestStore, server: MailServer, database: Database, deliver: Callable[..., Delivery]
) -> None:
    await filed(requests)
    server.answers = ["451 later", "452 later"]
    for _ in range(2):
        await deliver().run()
        assert await _statuses(database) == [Status.WAITING]
        await deliver().run()  # not before its time
        await _time_passes(database)
    await deliver().run()
    assert len(server.received) == 1
    assert await _statuses(database) == [Status.SENT]


async def test_a_mail_server_that_is_away_is_waited_for_and_given_up_visibly(
    requests: RequestStore, database: Database, deliver: Callable[..., Delivery]
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    request = await filed(requests)
    for _ in range(ATTEMPTS):
        assert await _statuses(database) == [Status.WAITING]
        await deliver(smtp_port=port).run()
        await _time_passes(database)
    assert await _statuses(database) == [Status.FAILED]
    [letter] = await Undelivered(database).all()
    assert (letter.reference, letter.channel, letter.attempts) == (request.reference, "email", ATTEMPTS)
    await Undelivered(database).send_again(letter.id)
    await deliver().run()
    assert await _statuses(database) == [Status.SENT]


async def test_an_address_that_the_server_refuses_is_not_tried_again(
    requests: RequestStore, server: MailServer, database: Database, deliver: Callable[..., Delivery]
) -> None:
    await filed(requests)
    server.answers = ["550 no such mailbox"]
    await deliver().run()
    assert await _statuses(database) == [Status.FAILED]


async def test_when_nobody_knows_whether_it_went_it_is_never_sent_twice_by_itself(
    requests: RequestStore, server: MailServer, database: Database, deliver: Callable[..., Delivery]
) -> None:
    await filed(requests)
    server.hangs_up = True
    await deliver().run()
    assert await _statuses(database) == [Status.UNCERTAIN]
    server.hangs_up = False
    await _time_passes(database)
    await deliver().run()
    assert len(server.received) == 1
    [letter] = await Undelivered(database).all()
    await Undelivered(database).send_again(letter.id)
    await deliver().run()
    first, second = server.received
    assert first["Message-ID"] == second["Message-ID"], "a mail system knows that they are the same"


async def test_what_a_process_that_died_was_sending_is_not_sent_twice(
    requests: RequestStore, server: MailServer, database: Database, deliver: Callable[..., Delivery]
) -> None:
    await filed(requests)
    await Outbox(database).take()
    await deliver().run()
    assert server.received == [], "its lease is not over"
    await _time_passes(database)
    await deliver().run()
    assert server.received == []
    assert await _statuses(database) == [Status.UNCERTAIN]


async def test_an_event_that_was_not_written_is_not_told(
    requests: RequestStore, casework: Casework, database: Database
) -> None:
    request = await filed(requests)
    before = len(await _statuses(database))
    with pytest.raises(Unprocessable):
        await casework.advance(request.reference, State.REFUSED, AGENT)
    assert len(await _statuses(database)) == before


async def test_without_a_mail_server_nothing_is_sent_and_the_log_says_so_once(
    requests: RequestStore,
    database: Database,
    deliver: Callable[..., Delivery],
    caplog: pytest.LogCaptureFixture,
) -> None:
    await filed(requests)
    await filed(requests)
    with caplog.at_level(logging.INFO):
        await deliver(smtp_host="").run()
    assert await _statuses(database) == [Status.SKIPPED] * 2
    assert [record.getMessage() for record in caplog.records].count(
        "GUICHET_SMTP_HOST is not set: citizens are told nothing by e-mail."
    ) == 1


async def test_who_gave_no_address_is_told_in_the_chat_only(
    requests: RequestStore, server: MailServer, database: Database, deliver: Callable[..., Delivery]
) -> None:
    await filed(requests, email=None)
    await deliver().run()
    assert server.received == []
    assert await _statuses(database) == [Status.SKIPPED]


async def test_the_open_chat_shows_the_news_once_and_is_woken(
    requests: RequestStore,
    casework: Casework,
    database: Database,
    cipher: Cipher,
    deliver: Callable[..., Delivery],
) -> None:
    conversations = ConversationStore(database, cipher)
    conversation_id, _, _ = await conversations.open("fr", None, [])
    draft = await requests.start("birth-certificate", "fr", conversation_id)
    request = await requests.file(draft.id, 10)
    await casework.advance(request.reference, State.REFUSED, AGENT, reason="Zéphyrine est née ailleurs.")
    await deliver().run()
    async with database.writing() as session:  # as if the sender had died after writing it
        chat = update(OutboxRow).where(OutboxRow.channel == Channel.CHAT)
        await session.execute(chat.values(status=Status.WAITING, next_at=now(), attempts=1))
    await deliver().run()
    [message] = await conversations.messages_after(conversation_id, 0)
    assert "est refusée" in message.text
    assert "née ailleurs" in message.text
    assert message.extras["request"]["state"] == "refused"
    assert [button.title for button in message.buttons] == ["Voir ma demande"]
    assert set(deliver.rung) == {conversation_id}  # type: ignore[attr-defined]
    async with database.engine.connect() as connection:
        kept = str((await connection.exec_driver_sql("SELECT text, body FROM messages")).all())
    assert "ailleurs" not in kept, "the log keeps only that there was news"


async def test_sms_go_to_a_file_that_only_its_owner_reads(
    requests: RequestStore, deliver: Callable[..., Delivery], tmp_path: Path
) -> None:
    request = await filed(requests, "street-problem", phone="+33612345678")
    path = tmp_path / "sms.jsonl"
    await deliver(sms_file=str(path)).run()
    [line] = [json.loads(line) for line in path.read_text().splitlines()]
    assert line["to"] == "+33612345678"
    assert request.reference in line["text"]
    assert path.stat().st_mode & 0o077 == 0


async def test_one_parcel_that_fails_does_not_hold_up_the_others(
    requests: RequestStore, server: MailServer, database: Database, deliver: Callable[..., Delivery]
) -> None:
    lost = await filed(requests, "no-such-service")
    sound = await filed(requests)
    await deliver().run()
    assert [message["Subject"] for message in server.received] == [f"Votre demande {sound.reference} est bien reçue"]
    assert lost.reference != sound.reference


async def test_a_mail_server_that_takes_the_call_and_says_nothing_is_tried_again_later(
    requests: RequestStore, database: Database, deliver: Callable[..., Delivery], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "TIMEOUT", 0.2)
    await filed(requests)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        delivery = deliver(smtp_port=silent.getsockname()[1])
        async with asyncio.timeout(30):
            await delivery.run()
    assert await _statuses(database) == [Status.WAITING]

"""News that did not arrive, or perhaps not: the colleagues of its office see it, and decide once."""

import re
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import ColumnElement, select, update

from bot.accounts.audit import AuditTrail
from bot.db import Database
from bot.privacy.encryption import Cipher
from bot.requests.outbox import Channel, Status
from bot.requests.store import RequestStore
from bot.requests.tables import OutboxRow, RequestEventRow, RequestRow
from tests.console.colleague import Colleague

SignIn = Callable[..., Awaitable[Colleague]]
HOME = "/console/undelivered"


class News:
    """News of requests in the office's database."""

    def __init__(self, database: Database, cipher: Cipher) -> None:
        self.database = database
        self._requests = RequestStore(database, cipher)

    async def lost(self, status: Status, channel: Channel = Channel.EMAIL, service: str = "birth-certificate") -> str:
        """File a request whose acknowledgement ended so; return its reference."""
        filed = await self._requests.file((await self._requests.start(service, "fr", None)).id, 10)
        await self._set(filed.reference, channel=channel, status=status, error="the sender died", attempts=3)
        return filed.reference

    async def _set(self, reference: str, **values: object) -> None:
        async with self.database.writing() as session:
            await session.execute(update(OutboxRow).where(*_email(reference)).values(**values))

    async def number(self, reference: str) -> str:
        """Return the number of what was lost of a request."""
        async with self.database.reading() as session:
            lost = OutboxRow.status.in_((Status.FAILED, Status.UNCERTAIN))
            return str((await session.scalars(select(OutboxRow.id).where(lost, *_of(reference)))).one())

    async def states(self, reference: str) -> set[str]:
        """Return how its e-mails ended."""
        async with self.database.reading() as session:
            return set(await session.scalars(select(OutboxRow.status).where(*_email(reference))))


def _of(reference: str) -> tuple[ColumnElement[bool], ...]:
    events = select(RequestEventRow.id).join(RequestRow, RequestRow.id == RequestEventRow.request_id)
    return (OutboxRow.event_id.in_(events.where(RequestRow.reference == reference)),)


def _email(reference: str) -> tuple[ColumnElement[bool], ...]:
    return (*_of(reference), OutboxRow.channel == Channel.EMAIL)


@pytest.fixture
async def news(office_database: Database, cipher_of: Cipher) -> News:
    return News(office_database, cipher_of)


def _forms(page: Colleague, reference: str) -> dict[str, str]:
    part = page.page.text.split(reference, 1)[1]
    return {name: f"{HOME}/{number}/{name}" for number, name in re.findall(rf"{HOME}/(\d+)/(settled|again)", part)[:2]}


async def test_an_agent_reads_what_did_not_arrive_and_what_to_do(colleague: SignIn, news: News) -> None:
    perhaps, not_sent = await news.lost(Status.UNCERTAIN), await news.lost(Status.FAILED)
    lea = await colleague("lea")
    assert "Nouvelles non remises" in (await lea.open("/console")).words
    words = (await lea.open(HOME)).words
    assert perhaps in words
    assert not_sent in words
    assert "Demandez à l'usager s'il a reçu la nouvelle" in words
    assert "Prévenez l'usager par un autre moyen" in words


async def test_of_other_offices_nothing_shows_and_webhooks_are_for_admins(colleague: SignIn, news: News) -> None:
    theirs = await news.lost(Status.UNCERTAIN)
    hook = await news.lost(Status.FAILED, Channel.WEBHOOK)
    omar, lea, ada = [await colleague(name) for name in ("omar", "lea", "ada")]
    assert theirs not in (await omar.open(HOME)).text
    assert hook not in (await lea.open(HOME)).text
    assert hook in (await ada.open(HOME)).text


async def test_it_is_sent_again_or_settled_once_and_kept_in_the_trail(
    colleague: SignIn, news: News, office_database: Database, cipher_of: Cipher
) -> None:
    again, settled = await news.lost(Status.FAILED), await news.lost(Status.UNCERTAIN)
    lea = await colleague("lea")
    await lea.open(HOME)
    asked, done = _forms(lea, again), _forms(lea, settled)
    assert "L'envoi est repris" in (await lea.send(asked["again"])).words
    assert Status.FAILED not in await news.states(again)
    assert "rien d'autre ne sera envoyé" in (await lea.send(done["settled"])).words
    assert await news.states(settled) == {Status.SKIPPED}
    await lea.open(HOME)
    assert settled not in lea.page.text
    twice = await lea.send(done["again"])
    assert twice.status == 404
    assert "déjà réglée" in twice.words
    entries = await AuditTrail(office_database, cipher_of).entries(object_id=settled)
    assert "settled" in {each.action for each in entries}

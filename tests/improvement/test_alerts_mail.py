"""What is unusual reaches those who want to know, through a real mail server, once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.catalogue.load import Catalogue
from bot.db import Database
from bot.improvement.alerts import Alerts
from bot.improvement.alerts_mail import AlertMail
from bot.settings import Settings
from tests.improvement.test_acting import TODAY, fallen
from tests.requests.mail_server import MailServer, serving


@pytest.fixture
def server() -> Iterator[MailServer]:
    with serving() as handler:
        yield handler


def settings(tmp_path: Path, server: MailServer, addresses: str = "ada@office.test quentin@office.test") -> Settings:
    mail = {"smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_tls": "none", "smtp_from": "guichet@office.test"}
    about = {"alert_addresses": addresses, "public_url": "https://guichet.example"}
    return Settings(data_dir=tmp_path, **about, **mail)  # type: ignore[arg-type]


async def rung(database: Database) -> Alerts:
    """Two alerts that nobody was told of."""
    alerts = Alerts(database, await fallen(database))
    await alerts.look(TODAY)
    return alerts


async def test_one_e_mail_to_each_address_tells_all_and_none_tells_it_again(
    database: Database, catalogue: Catalogue, server: MailServer, tmp_path: Path
) -> None:
    alerts = await rung(database)
    mail = AlertMail(settings(tmp_path, server), alerts, catalogue, lambda aim: aim.dimension)
    assert await mail.tell() == "2 alerts, 2 e-mails sent"
    assert await mail.tell() == ""
    assert sorted(message["To"] for message in server.received) == ["ada@office.test", "quentin@office.test"]
    text = server.received[0].get_body(("plain",)).get_content()
    assert "Toutes les démarches — satisfaction : 3,75" in text
    assert "https://guichet.example/console/satisfaction/alerts" in text


async def test_a_mail_server_that_asks_to_wait_is_asked_again(
    database: Database, catalogue: Catalogue, server: MailServer, tmp_path: Path
) -> None:
    alerts = await rung(database)
    mail = AlertMail(settings(tmp_path, server, "ada@office.test"), alerts, catalogue, lambda aim: aim.dimension)
    server.answers = ["451 later"]
    assert await mail.tell() == "2 alerts, 0 e-mails sent"
    assert len(await alerts.untold()) == 2
    assert await mail.tell() == "2 alerts, 1 e-mails sent"
    assert (len(server.received), await alerts.untold()) == (1, [])


async def test_without_an_address_nothing_is_sent(
    database: Database, catalogue: Catalogue, server: MailServer, tmp_path: Path
) -> None:
    alerts = await rung(database)
    assert await AlertMail(settings(tmp_path, server, ""), alerts, catalogue, lambda aim: aim.dimension).tell() == ""
    assert server.received == []
    assert len(await alerts.untold()) == 2, "they wait for an address"

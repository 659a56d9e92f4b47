"""The page behind the link of an e-mail: a face in one press, then what one wants, without script or account."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.catalogue.load import load_catalogue
from bot.conversations.model import Moment
from bot.db import Database, now
from bot.privacy.encryption import Cipher, read_keys
from bot.requests.store import RequestStore
from bot.satisfaction.surveys import PATH, VALID, Surveys
from tests.conftest import ROOT
from tests.service import Service


@pytest.fixture
async def link(service: Service) -> AsyncIterator[str]:
    database = Database(f"sqlite+aiosqlite:///{service.data_dir / 'guichet.db'}")
    cipher = Cipher(read_keys("", service.data_dir))
    requests = RequestStore(database, cipher)
    draft = await requests.start("birth-certificate", "fr", None)
    await requests.file(draft.id, 10)
    surveys = Surveys(database, cipher, load_catalogue(ROOT / "data"))
    yield PATH + surveys.token(draft.id, Moment.OUTCOME, (now() + VALID).date())
    await database.close()


def said(service: Service, link: str) -> list[tuple[str, float]]:
    request_id = link.rpartition("/")[2].partition(".")[0]
    rows = service.rows("SELECT dimension, value FROM facts WHERE request_id = ? ORDER BY id", request_id)
    return [(row["dimension"], row["value"]) for row in rows]


async def test_a_face_is_kept_at_once_then_the_rest_and_the_link_is_used_up(
    service: Service, session: aiohttp.ClientSession, link: str
) -> None:
    async with session.get(link) as response:
        page = await response.text()
    assert (response.status, "Très bien" in page, "acte de naissance" in page.lower()) == (200, True, True)
    assert response.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in response.headers
    assert said(service, link) == [], "to look says nothing"
    async with session.post(link, data={"face": "good"}) as response:
        page = await response.text()
    assert said(service, link) == [("satisfaction", 10)]
    assert "Était-ce facile" in page
    form = {"clarity": "4", "help": "no", "ease": "9", "unknown": "1", "comment": "Rapide. Mon 06 12 34 56 78"}
    async with session.post(link, data=form) as response:
        assert "Merci" in await response.text()
    assert said(service, link) == [("satisfaction", 10), ("clarity", 4), ("help_tried", 0)]
    [row] = service.rows("SELECT * FROM feedback WHERE subject = ?", link.rpartition("/")[2].partition(".")[0])
    assert (row["moment"], row["note"], row["comment"]) == ("outcome", 10, "Rapide. Mon [téléphone]")
    async with session.post(link, data={"clarity": "1", "comment": "encore"}) as response:
        await response.text()
    async with session.get(link) as response:
        assert "déjà répondu" in await response.text()
    assert said(service, link) == [("satisfaction", 10), ("clarity", 4), ("help_tried", 0)]


@pytest.mark.parametrize("wrong", ["", "x", "a.b.c.d"])
async def test_a_link_that_is_not_ours_says_so_and_nothing_else(session: aiohttp.ClientSession, wrong: str) -> None:
    for method in (session.get, session.post):
        async with method(f"{PATH}{wrong or '0'}", data={"face": "good"}) as response:
            page = await response.text()
        assert (response.status, "n'est plus valable" in page.replace("&#39;", "'")) == (404, True)

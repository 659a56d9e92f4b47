"""A busy counter seen from outside: a place in the line, over the calls, on the plain pages and in the figures."""

import asyncio
import re
import time
from pathlib import Path
from typing import Any

import pytest

from bot.web.keys import ADMISSION
from tests.citizen import Citizen
from tests.web.gateway import gateway
from tests.web.test_admission import SLOW, answers
from tests.web.test_errors import problem_of


@pytest.fixture
async def busy(tmp_path: Path, migrated_file: Path) -> Any:
    """A gateway whose answers were all slow just now, with a citizen who is inside."""
    async with gateway(tmp_path, migrated_file, busy_milliseconds=500) as client:
        inside = await Citizen.arrive(client)  # type: ignore[arg-type]
        answers(client.app[ADMISSION], SLOW, at=time.time())
        yield client, inside


async def test_a_program_is_told_when_to_come_back_and_keeps_its_place(busy: Any) -> None:
    client, _ = busy
    async with client.post("/api/conversations", json={"language": "en"}) as response:
        problem = await problem_of(response, 503)
        assert (problem["code"], problem["place"]) == ("busy", 1)
        assert response.headers["Retry-After"] == str(problem["retry_after"])
        assert problem["detail"].startswith("Many people at the moment. Your place in the line: 1.")
    async with client.post("/api/conversations", json={}) as response:
        assert (await problem_of(response, 503))["place"] == 2
    async with client.post("/api/conversations", json={"ticket": problem["ticket"]}) as response:
        again = await problem_of(response, 503)
    assert (again["place"], again["ticket"]) == (1, problem["ticket"])
    assert again["detail"].startswith("Beaucoup de monde")
    client.app[ADMISSION]._answers.clear()
    async with asyncio.timeout(30):
        while True:
            async with client.post("/api/conversations", json={"ticket": problem["ticket"]}) as response:
                if response.status == 201:
                    break
            await asyncio.sleep(0.1)


async def test_whoever_is_inside_is_never_refused_because_of_newcomers(busy: Any) -> None:
    _, inside = busy
    await inside.say("bonjour")
    assert "gardé" in inside.said, "there is no engine here: the message is kept, and not refused"
    assert await inside.copy()


async def test_looking_again_does_not_count_as_opening_another_conversation(
    tmp_path: Path, migrated_file: Path
) -> None:
    async with gateway(tmp_path, migrated_file, busy_milliseconds=500, conversations_an_hour=1) as client:
        answers(client.app[ADMISSION], SLOW, at=time.time())
        ticket = ""
        for _ in range(5):
            async with client.post("/api/conversations", json={"ticket": ticket}) as response:
                ticket = (await problem_of(response, 503))["ticket"]
        async with client.post("/api/conversations", json={}) as response:
            await problem_of(response, 429)


@pytest.mark.parametrize("ticket", [7, False, None, [], "x" * 10_000, "\ud800"])
async def test_a_ticket_that_is_none_is_refused_or_counts_for_nothing(ticket: Any, busy: Any) -> None:
    client, _ = busy
    async with client.post("/api/conversations", json={"ticket": ticket}) as response:
        assert response.status in (422, 503)


async def test_on_the_plain_pages_the_place_is_shown_looked_at_again_and_ends_with_a_button(busy: Any) -> None:
    client, _ = busy
    async with client.post("/plain/start", data={"language": "fr"}) as response:
        page = await response.text()
    assert response.status == 200
    assert "<title>Vous êtes à la place 1" in page
    assert response.headers["Refresh"] == "20"
    assert "guichet_plain" not in {cookie.key for cookie in client.session.cookie_jar}
    still = re.search(r'href="([^"]*auto=no)"', page)
    assert still, "whoever reads slowly can stop the page from loading again"
    async with client.get(still[1].replace("&amp;", "&")) as response:
        assert "Refresh" not in response.headers
    client.app[ADMISSION]._answers.clear()
    address = response.url.path_qs.removesuffix("&auto=no")
    async with asyncio.timeout(30):
        while "C'est votre tour" not in page:
            await asyncio.sleep(0.1)
            async with client.get(address) as response:
                page = (await response.text()).replace("&#39;", "'")
    ticket = re.search(r'name="ticket" value="([^"]*)"', page)
    assert ticket
    assert "Refresh" not in response.headers
    async with client.post("/plain/start", data={"language": "fr", "ticket": ticket[1]}) as response:
        assert "Votre conversation" in await response.text()


async def test_the_figures_tell_how_many_wait(busy: Any) -> None:
    client, _ = busy
    async with client.post("/api/conversations", json={}):
        pass
    async with client.get("/metrics") as response:
        assert "guichet_newcomers_waiting 1" in await response.text()

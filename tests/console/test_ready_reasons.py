"""Reasons that are ready: of the service and of every one, in the citizen's language, completed before they go."""

import re
from collections.abc import Awaitable, Callable
from html import unescape

import pytest

from bot.db import Database
from bot.privacy.encryption import Cipher
from bot.requests.casework import Author, Casework
from bot.requests.lifecycle import Actor
from bot.requests.model import Request, State
from bot.requests.store import RequestStore
from tests.console.colleague import Colleague

SignIn = Callable[..., Awaitable[Colleague]]
File = Callable[..., Awaitable[Request]]


@pytest.fixture
async def file(office_database: Database, cipher_of: Cipher) -> File:
    store = RequestStore(office_database, cipher_of)

    async def file_one(service: str = "birth-certificate") -> Request:
        return await store.file((await store.start(service, "fr", None)).id, 10)

    return file_one


async def test_a_ready_reason_of_the_service_is_taken_and_completed(colleague: SignIn, file: File) -> None:
    filed = await file()
    lea = await colleague("lea")
    path = f"/console/requests/{filed.reference}"
    page = (await lea.open(path)).text
    number = re.findall(r'value="(\d+)" data-to="refused"[^>]*>Réservé aux proches<', page)
    assert number, "the service's own"
    assert "Plus de place" in page, "one of every service"
    assert "Réservé aux proches" not in (await lea.open(f"/console/requests/{(await file('nursery')).reference}")).text
    page = (await lea.open(f"{path}?ready={number[0]}")).text
    assert re.search(r'<option value="refused" selected>', page)
    assert re.search(r"<textarea id=.reason.[^>]*>La copie intégrale et l.{1,5}extrait avec filiation", page)
    assert "Reprenez la photo de face" in page, "and what is often asked for again"
    unfinished = re.findall(r'data-to="refused" data-text="([^"]*…[^"]*)"', page)[0]
    refused = await lea.send(f"{path}/advance", to="refused", reason=unfinished)
    assert refused.status == 422
    assert "Complétez le motif" in refused.words
    await lea.open(path)
    await lea.send(f"{path}/advance", to="refused", reason=unfinished.replace("…", "l'acte a moins de 75 ans"))
    assert "a moins de 75 ans" in (await lea.open(path)).words


@pytest.mark.parametrize("number", ["-1", "9999", "x", "²", ""])
async def test_a_ready_reason_that_does_not_exist_fills_in_nothing(colleague: SignIn, file: File, number: str) -> None:
    filed = await file()
    lea = await colleague("lea")
    page = await lea.open(f"/console/requests/{filed.reference}?ready={number}")
    assert page.status == 200
    assert re.search(r"<textarea id=.reason.[^>]*></textarea>", page.text)


async def test_a_request_that_is_over_is_opened_again_with_a_ready_reason(
    colleague: SignIn, file: File, office_database: Database, cipher_of: Cipher
) -> None:
    filed, waiting = await file(), await file()
    casework = Casework(office_database, cipher_of)
    await casework.advance(filed.reference, State.REFUSED, Author(Actor.AGENT, "camille"), reason="Non.")
    lea = await colleague("lea")
    page = (await lea.open(f"/console/requests/{filed.reference}")).text
    assert re.search(r'data-to="under_examination"[^>]*>Erreur de notre part<', page)
    page = (await lea.open(f"/console/requests/{waiting.reference}")).text
    assert "Erreur de notre part" not in page, "it was never decided"


async def test_several_requests_are_refused_with_a_ready_reason_that_is_taken_without_scripts(
    colleague: SignIn, file: File
) -> None:
    first, second, other = [(await file("room-booking")).reference for _ in range(3)]
    lea = await colleague("lea")
    page = (await lea.open("/console/requests?service=room-booking&order=newest")).text
    number = re.findall(r'value="(\d+)" data-to="refused"[^>]*>Plus de place<', page)[0]
    token = ("form", lea.form_token)
    ticked = [token, ("reference", first), ("reference", second)]
    taken = await lea.post(
        "/console/requests/bulk?service=room-booking&order=newest", [*ticked, ("take", "ready"), ("ready", number)]
    )
    checked = re.findall(r'value="(GU-[^"]+)"[^>]* checked>', taken.text)
    assert sorted(checked) == sorted([first, second])
    assert other in taken.text
    assert re.search(r'<option value="refused" selected>', taken.text)
    reason = unescape(re.findall(r"<textarea id=.words.[^>]*>([^<]+)</textarea>", taken.text)[0])
    assert "plus de place" in reason
    unfinished = await lea.post("/console/requests/bulk", [*ticked, ("deed", "refused"), ("words", reason)])
    assert unfinished.status == 422
    assert "Complétez le motif" in unfinished.words
    finished = reason.replace("…", "en mai")
    shown = await lea.post("/console/requests/bulk", [*ticked, ("deed", "refused"), ("words", finished)])
    assert "Seront changées : 2" in shown.words


async def test_one_goes_back_from_the_preview_with_what_was_chosen_and_written(colleague: SignIn, file: File) -> None:
    first, second, other = [(await file("room-booking")).reference for _ in range(3)]
    lea = await colleague("lea")
    ticked = [("form", lea.form_token), ("reference", first), ("reference", second)]
    shown = await lea.post("/console/requests/bulk", [*ticked, ("deed", "refused"), ("words", "")])
    assert "Seront changées : 0" in shown.words
    assert "Revenir à la liste en gardant ce choix" in shown.words
    back = await lea.post(
        "/console/requests/bulk?service=room-booking",
        [*ticked, ("deed", "refused"), ("words", "Plus de place."), ("take", "back")],
    )
    assert sorted(re.findall(r'value="(GU-[^"]+)"[^>]* checked>', back.text)) == sorted([first, second])
    assert other in back.text
    assert re.search(r'<option value="refused" selected>', back.text)
    assert ">Plus de place.</textarea>" in back.text


async def test_ready_reasons_for_several_are_those_of_every_service_and_of_the_one_that_is_listed(
    colleague: SignIn, file: File
) -> None:
    await file("nursery")
    await file("birth-certificate")
    lea = await colleague("lea")
    mixed = (await lea.open("/console/requests?state=filed")).text
    assert "Plus de place" in mixed
    assert "Réservé aux proches" not in mixed
    assert 'label="Demander un complément"' in mixed, "what is often asked for again"
    assert "Réservé aux proches" in (await lea.open("/console/requests?service=birth-certificate&state=filed")).text

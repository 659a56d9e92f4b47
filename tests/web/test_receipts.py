"""The acknowledgement as a PDF: for who holds the conversation or the code, readable by a screen reader."""

import io
from typing import Any

import aiohttp
import pytest
from pypdf import PdfReader

from tests.citizen import Citizen
from tests.journeys.player import file_request

WORDS = {"fr": ("Acte de naissance", "Confirmer"), "en": ("Birth certificate", "Confirm")}


async def _filed(session: aiohttp.ClientSession, language: str = "fr") -> tuple[Citizen, dict[str, Any]]:
    citizen = await Citizen.arrive(session, language)
    return citizen, await file_request(citizen, *WORDS[language])


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_a_screen_reader_can_read_it(session: aiohttp.ClientSession, language: str) -> None:
    citizen, request = await _filed(session, language)
    async with session.get(request["receipt_url"], headers=citizen.headers) as response:
        assert (response.status, response.content_type) == (200, "application/pdf")
        assert response.headers["Cache-Control"] == "no-store"
        document = PdfReader(io.BytesIO(await response.read()))
    root = document.trailer["/Root"]
    assert root["/Lang"] == language
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert request["reference"] in document.metadata.title
    tags = _tags(root["/StructTreeRoot"])
    assert tags.count("/H1") == 1
    assert tags.count("/H2") == 7
    assert "pdfuaid" in document.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    text = "".join(page.extract_text() for page in document.pages)
    assert request["reference"] in text
    for digits in (request["access_code"], request["access_code"].replace("-", "")):
        assert digits not in text, "the code is not on it"


def _tags(node: Any) -> list[str]:
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        return [tag for each in node for tag in _tags(each)]
    if not isinstance(node, dict):
        return []
    return ([str(node["/S"])] if "/S" in node else []) + (_tags(node["/K"]) if "/K" in node else [])


async def test_who_follows_the_link_is_asked_for_the_code_in_a_form(session: aiohttp.ClientSession) -> None:
    _, request = await _filed(session)
    url = request["receipt_url"]
    async with session.get(url) as response:
        page = await response.text()
        assert (response.status, response.content_type) == (200, "text/html")
    assert request["access_code"] not in url + page
    assert 'method="post"' in page
    async with session.post(url, data={"code": request["access_code"]}) as response:
        assert (response.status, response.content_type) == (200, "application/pdf")


async def test_a_wrong_code_and_an_unknown_reference_get_the_same_page(session: aiohttp.ClientSession) -> None:
    _, request = await _filed(session)
    wrong = "0000-0000" if request["access_code"] != "0000-0000" else "1111-1111"
    pages = []
    for reference in (request["reference"], "GU-2345-6789"):
        async with session.post(f"/receipts/{reference}", data={"code": wrong}) as response:
            assert response.status == 403
            pages.append((await response.text()).replace(reference, ""))
    assert pages[0] == pages[1]


async def test_another_conversation_opens_nothing_and_learns_nothing(session: aiohttp.ClientSession) -> None:
    _, request = await _filed(session)
    stranger = await Citizen.arrive(session)
    answers = []
    for reference in (request["reference"], "GU-2345-6789", "nonsense", "%00"):
        async with session.get(f"/receipts/{reference}", headers=stranger.headers) as response:
            answers.append((response.status, (await response.json(content_type=None))["code"]))
    assert set(answers) == {(401, "wrong-token")}


async def test_what_stands_in_the_address_is_not_shown_again(session: aiohttp.ClientSession) -> None:
    async with session.get("/receipts/<script>alert(1)<script>") as response:
        assert "alert(1)" not in await response.text()

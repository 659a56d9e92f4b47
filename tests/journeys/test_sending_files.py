"""A citizen sends a photo with a request: told by its content, kept secret, read back by its owner only."""

import io
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from PIL import Image

from tests.citizen import Citizen
from tests.journeys.player import answer, begin, fill_in
from tests.requests.samples import EXE, PDF, photo
from tests.service import Service

STREET = "Signaler un problème dans la rue"
NAME = "trou devant chez Zéphyrine.jpg"


async def send(
    session: aiohttp.ClientSession, citizen: Citizen, content: Any, name: str = NAME, language: str = "fr"
) -> tuple[int, dict[str, Any]]:
    form = aiohttp.FormData()
    form.add_field("file", content, filename=name, content_type="application/octet-stream")
    path, headers = f"/api/conversations/{citizen.id}/files", citizen.headers | {"Accept-Language": language}
    async with session.post(path, data=form, headers=headers) as response:
        return response.status, await response.json()


async def read(session: aiohttp.ClientSession, path: str, authorization: str) -> tuple[int, bytes, Any]:
    async with session.get(path, headers={"Authorization": authorization}) as response:
        return response.status, await response.read(), response.headers


@pytest.fixture
async def at_photo(citizen: Citizen) -> Citizen:
    """A citizen who is asked for a photo."""
    await begin(citizen, STREET, by_buttons=True)
    await fill_in(citizen, until="photo")
    return citizen


async def test_a_photo_goes_with_the_request_to_its_end(
    session: aiohttp.ClientSession, at_photo: Citizen, service: Service
) -> None:
    awaited = at_photo.awaited
    assert awaited is not None
    assert (awaited["type"], awaited["max_files"], awaited["max_bytes"]) == ("file", 3, 10_000_000)
    assert awaited["accept"] == ["image/jpeg", "image/png", "image/webp"]
    status, sent = await send(session, at_photo, photo(place=True))
    assert (status, sent["name"], sent["type"]) == (201, NAME, "image/jpeg")
    await at_photo.say(sent["payload"])
    assert f"Bien reçu : {NAME}" in at_photo.said
    await at_photo.press("Continuer")
    await fill_in(at_photo)
    assert f"Photo : {NAME}" in at_photo.said
    await at_photo.press("Confirmer")
    reference, code = at_photo.request["reference"], at_photo.request["access_code"]

    # Its owner reads it again, with the token or with reference and code; where it was taken is gone.
    own = f"/api/conversations/{at_photo.id}/files/{sent['id']}"
    status, content, headers = await read(session, own, f"Bearer {at_photo.token}")
    assert status == 200
    assert not Image.open(io.BytesIO(content)).getexif()
    assert headers["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in headers["Content-Security-Policy"]
    status, listed, _ = await read(session, f"/api/requests/{reference}/files", f"Code {code}")
    assert status == 200
    assert [each["name"] for each in json.loads(listed)["files"]] == [NAME]
    status, again, _ = await read(session, f"/api/requests/{reference}/files/{sent['id']}", f"Code {code}")
    assert (status, again) == (200, content)

    # Nobody else does.
    stranger = await Citizen.arrive(session)
    theirs = f"/api/conversations/{stranger.id}/files/{sent['id']}"
    assert (await read(session, theirs, f"Bearer {stranger.token}"))[0] == 404
    assert (await read(session, own, f"Bearer {stranger.token}"))[0] == 401
    for wrong in (f"/api/requests/{reference}/files", f"/api/requests/GU-2222-2222/files/{sent['id']}"):
        assert (await read(session, wrong, "Code 0000-0000"))[0] == 401

    # And nothing of it stands in clear in the tables, in the folder or in the log.
    kept = str([service.rows(f"SELECT * FROM {table}") for table in ("request_files", "messages", "turns", "requests")])
    assert NAME not in kept
    assert "Zéphyrine" not in service.log()
    disk = [path.read_bytes() for path in (service.data_dir / "files").rglob("*") if path.is_file()]
    assert disk
    assert not any(each.startswith(b"\xff\xd8") for each in disk)


@pytest.mark.parametrize(
    ("content", "name", "status", "french", "english"),
    [
        (EXE, "facture.pdf", 422, "D'après son contenu", "By its content"),
        (b"", "vide.jpg", 422, "Le fichier est vide", "The file is empty"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 50, "IMG.HEIC", 422, "HEIC", "HEIC"),
        (photo()[:300], "IMG.jpg", 422, "ne s'ouvre pas", "cannot be opened"),
    ],
)
async def test_what_cannot_be_taken_is_refused_in_plain_words(
    session: aiohttp.ClientSession,
    at_photo: Citizen,
    content: bytes,
    name: str,
    status: int,
    french: str,
    english: str,
) -> None:
    for language, words in (("fr", french), ("en", english)):
        refused, problem = await send(session, at_photo, content, name, language)
        assert (refused, problem["code"].startswith("file-")) == (status, True)
        assert words in problem["detail"]
    await answer(at_photo)
    assert at_photo.awaited is not None
    assert at_photo.awaited["field"] == "danger", "the citizen can go on without"


async def test_forty_megabytes_are_refused_before_they_are_read(
    session: aiohttp.ClientSession, at_photo: Citizen, service: Service
) -> None:
    async def endless() -> AsyncIterator[bytes]:
        head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{NAME}"\r\n\r\n'
        yield head.encode() + b"\xff\xd8\xff\xe0"
        for _ in range(40 * 16):
            yield b"\0" * 65536

    headers = at_photo.headers | {"Content-Type": "multipart/form-data; boundary=x", "Accept-Language": "fr"}
    path = f"/api/conversations/{at_photo.id}/files"
    # Its length is not announced: it is refused while it arrives.
    async with session.post(path, data=endless(), headers=headers) as response:
        problem = await response.json()
    assert (response.status, problem["code"]) == (413, "file-too-large")
    assert problem["detail"] == "Le fichier est trop lourd : 10 Mo au plus."
    assert not service.rows("SELECT 1 FROM request_files WHERE conversation_id = ?", at_photo.id)


async def test_a_pdf_is_no_photo_and_is_said_so(session: aiohttp.ClientSession, at_photo: Citizen) -> None:
    _, sent = await send(session, at_photo, PDF, "lettre.pdf")
    await at_photo.say(sent["payload"])
    assert "Acceptés : JPEG, PNG, WebP" in at_photo.said
    assert at_photo.awaited is not None
    assert at_photo.awaited["field"] == "photo"


async def test_a_file_that_nobody_asked_for_is_refused(session: aiohttp.ClientSession, citizen: Citizen) -> None:
    assert (await send(session, citizen, photo()))[1]["code"] == "no-file-awaited"


async def test_without_the_token_nothing_is_taken(session: aiohttp.ClientSession, at_photo: Citizen) -> None:
    stranger = await Citizen.arrive(session)
    stranger.id = at_photo.id
    assert (await send(session, stranger, photo()))[0] == 401


OTHER_PART = b'--x\r\nContent-Disposition: form-data; name="other"\r\n\r\na\r\n--x--'


@pytest.mark.parametrize("body", [b"", b"nonsense", OTHER_PART])
async def test_what_is_no_upload_is_refused(session: aiohttp.ClientSession, at_photo: Citizen, body: bytes) -> None:
    path = f"/api/conversations/{at_photo.id}/files"
    for kind in ("multipart/form-data; boundary=x", "multipart/form-data", "application/json"):
        async with session.post(path, data=body, headers=at_photo.headers | {"Content-Type": kind}) as response:
            assert (response.status, (await response.json())["code"]) == (400, "no-file")


async def test_giving_up_removes_what_was_sent(
    session: aiohttp.ClientSession, at_photo: Citizen, service: Service
) -> None:
    _, sent = await send(session, at_photo, photo())
    await at_photo.say(sent["payload"])
    await at_photo.say("arrêter")
    assert not service.rows("SELECT 1 FROM request_files WHERE id = ?", sent["id"])
    assert not list((service.data_dir / "files").rglob(sent["id"]))

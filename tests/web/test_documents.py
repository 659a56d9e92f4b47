"""The outcome moment: a document, an appointment, a payment to come; the document is its citizen's alone."""

from html import unescape
from typing import Any

import aiohttp

from tests.citizen import Citizen
from tests.journeys.player import begin, file_request, fill_in
from tests.requests.samples import EXE, PDF, photo
from tests.service import Service
from tests.web.test_office import Caller, software, token, tokens  # noqa: F401

APPOINTMENT = {"at": "2027-01-12T09:30:00+01:00", "place": "Mairie, guichet 2", "bring": "Votre carte d'identité"}
NAME = "acte de Zéphyrine.pdf"


async def _send(software: Caller, path: str, content: bytes) -> tuple[int, Any]:  # noqa: F811
    form = aiohttp.FormData()
    form.add_field("file", content, filename=NAME, content_type="application/pdf")
    url = f"/api/office{path}/documents"
    async with software.session.post(url, data=form, headers=software.headers) as response:
        return response.status, await response.json()


async def test_a_decision_brings_a_document_an_appointment_and_a_payment(
    session: aiohttp.ClientSession,
    software: Caller,  # noqa: F811
    service: Service,
) -> None:
    citizen, other = await Citizen.arrive(session), await Citizen.arrive(session)
    filed = await file_request(citizen, "Acte de naissance", "Confirmer")
    theirs = await file_request(other, "Acte de naissance", "Confirmer")
    reference = filed["reference"]
    path, page = f"/requests/{reference}", f"/documents/{reference}"
    status, given = await _send(software, path, PDF)
    assert (status, given["name"], given["type"]) == (201, NAME, "application/pdf")
    assert (await _send(software, path, EXE))[0] == 422
    assert (await _send(software, "/requests/GU-2222-2222", PDF))[0] == 404

    # Nobody reads it before a decision names it, and no decision on another request can.
    async with session.get(page, headers=citizen.headers) as response:
        assert response.status == 404
    document = {"name": "Votre acte", "file": given["id"]}
    decision = {"state": "accepted", "outcome": {"document": document}}
    status, problem = await software.call("POST", f"/requests/{theirs['reference']}/state", decision)
    assert (status, problem["code"]) == (422, "outcome-invalid")
    decision["outcome"] |= {"appointment": APPOINTMENT, "payment": {"amount": 12.5, "expected": "2027-02-01"}}
    assert (await software.call("POST", f"{path}/state", decision))[0] == 200

    await citizen.say("où en est ma demande ?")
    for words in ("Votre acte", f"{service.url}{page}", "12/01/2027 à 09:30", "guichet 2", "12,50", "01/02/2027"):
        assert words in citizen.said
    shown = citizen.request["history"][-1]["outcome"]["document"]
    assert shown == {"name": "Votre acte", "url": page}

    async with session.get(page, headers=citizen.headers) as response:
        assert (response.status, await response.read()) == (200, PDF)
        assert response.headers["Content-Disposition"].startswith("attachment;")
        assert response.headers["Cache-Control"] == "no-store"
    async with session.get(page, headers=other.headers) as response:
        assert response.status == 401
    async with session.get(page) as response:
        assert "Code d'accès" in unescape(await response.text())
    for code, expected in (("0000-0000", 403), (theirs["access_code"], 403), (filed["access_code"], 200)):
        async with session.post(page, data={"code": code}) as response:
            assert response.status == expected
    async with session.post(f"/documents/{theirs['reference']}", data={"code": theirs["access_code"]}) as response:
        assert response.status == 404
        assert "pas de document" in await response.text()
    disk = [each.read_bytes() for each in (service.data_dir / "files").rglob("*") if each.is_file()]
    assert disk
    assert not any(b"%PDF" in each for each in disk)
    assert NAME not in str(service.rows("SELECT * FROM request_files"))


async def test_the_office_reads_what_the_citizen_sent(
    session: aiohttp.ClientSession,
    software: Caller,  # noqa: F811
) -> None:
    citizen = await Citizen.arrive(session)
    await begin(citizen, "Signaler un problème dans la rue", by_buttons=True)
    await fill_in(citizen, until="photo")
    form = aiohttp.FormData()
    form.add_field("file", photo(), filename="trou.jpg")
    async with session.post(f"/api/conversations/{citizen.id}/files", data=form, headers=citizen.headers) as response:
        sent = await response.json()
    await citizen.say(sent["payload"])
    await citizen.press("Continuer")
    await fill_in(citizen)
    await citizen.press("Confirmer")
    path = f"/requests/{citizen.request['reference']}/files"
    status, listed = await software.call("GET", path)
    assert (status, [each["name"] for each in listed["files"]]) == (200, ["trou.jpg"])
    async with session.get(f"/api/office{path}/{sent['id']}", headers=software.headers) as response:
        assert (response.status, response.content_type) == (200, "image/jpeg")
        assert (await response.read()).startswith(b"\xff\xd8")
    assert (await software.call("GET", f"/requests/GU-2222-2222/files/{sent['id']}"))[0] == 404
    assert (await software.call("GET", f"{path}/{'0' * 32}"))[0] == 404

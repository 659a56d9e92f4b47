"""The pages without JavaScript: who may speak, what the cookie is like, and that forms of elsewhere are refused."""

import re
from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.db import Database
from bot.privacy.encryption import Cipher, read_keys
from bot.requests.casework import Author, Casework
from bot.requests.events import Item, Problem
from bot.requests.files import FileStore
from bot.requests.lifecycle import Actor
from bot.requests.model import State
from bot.requests.store import RequestStore
from tests.citizen import Citizen, plain
from tests.journeys.player import fill_in
from tests.requests.samples import EXE, PDF, photo
from tests.service import Service


class Visitor:
    """A browser without JavaScript: it keeps cookies, follows answers and fills in the forms that it is shown."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session
        self.page = ""
        self.status = 0

    async def get(self, path: str = "/plain") -> str:
        async with self.session.get(path) as response:
            self.status, self.page = response.status, await response.text()
        return self.page

    async def post(self, path: str, data: aiohttp.FormData | None = None, /, **fields: str) -> str:
        async with self.session.post(path, data=data or fields) as response:
            self.status, self.page = response.status, await response.text()
        return self.page

    async def send(self, content: bytes, name: str) -> str:
        """Send the form that asks for a file, as a browser does."""
        form = aiohttp.FormData()
        form.add_field("form", self.hidden("form"))
        form.add_field("id", self.hidden("id"))
        form.add_field("file", content, filename=name, content_type="application/octet-stream")
        return await self.post("/plain/files", form)

    async def say(self, text: str, **fields: str) -> str:
        return await self.post(
            "/plain/say", **{"form": self.hidden("form"), "id": self.hidden("id"), "text": text}, **fields
        )

    def hidden(self, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]*)"', self.page)
        assert found, f"no {name} in the page"
        return found[1]

    def citizen(self) -> Citizen:
        """Return the same citizen with a program, to come faster to the question."""
        conversation_id, _, token = self.cookie.partition(".")
        return Citizen(self.session, {"id": conversation_id, "token": token, "messages": []})

    @property
    def cookie(self) -> str:
        return next((cookie.value for cookie in self.session.cookie_jar if cookie.key == "guichet_plain"), "")


@pytest.fixture
async def visitor(service: Service) -> AsyncIterator[Visitor]:
    # The cookie goes to 127.0.0.1, which aiohttp only keeps cookies of when told so.
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(base_url=service.url, cookie_jar=jar) as session:
        yield Visitor(session)


async def test_no_cookie_before_the_conversation_begins(visitor: Visitor) -> None:
    page = await visitor.get()
    assert "une machine" in page
    assert "Un cookie" in page
    assert visitor.cookie == ""
    await visitor.get("/plain/erase")
    await visitor.get("/plain/transcript")
    assert visitor.cookie == ""


async def test_the_cookie_is_for_these_pages_only_and_for_no_script(visitor: Visitor) -> None:
    async with visitor.session.post("/plain/start", allow_redirects=False) as response:
        assert response.status == 303
        [header] = response.headers.getall("Set-Cookie")
        attributes = {part.strip().lower() for part in header.split(";")[1:]}
        assert {"httponly", "samesite=strict", "path=/plain"} <= attributes
        assert not any(each.startswith(("max-age", "expires", "domain")) for each in attributes)
    async with visitor.session.post(
        "/plain/start", headers={"X-Forwarded-Proto": "https"}, allow_redirects=False
    ) as response:
        assert "secure" in response.headers["Set-Cookie"].lower()
    for path in ("/", "/widget.js", "/api/catalogue"):
        async with visitor.session.get(path) as response:
            assert "Set-Cookie" not in response.headers


async def test_a_form_sent_twice_is_one_message(visitor: Visitor) -> None:
    page = await visitor.post("/plain/start")
    assert "une machine, pas une personne" in page
    form = {
        "form": visitor.hidden("form"),
        "id": visitor.hidden("id"),
        "text": "combien coûte un passeport pour un adulte ?",
    }
    assert "86" in await visitor.post("/plain/say", **form)
    page = await visitor.post("/plain/say", **form)
    assert page.count("combien coûte un passeport pour un adulte") == 1


async def test_a_form_of_elsewhere_is_refused(visitor: Visitor) -> None:
    await visitor.post("/plain/start")
    for code in ("", "0" * 32, "é"):
        await visitor.post("/plain/say", text="bonjour", form=code)
        assert visitor.status == 401
        await visitor.post("/plain/erase", form=code)
        assert visitor.status == 401
    assert "bonjour" not in await visitor.get()


async def test_somebody_else_s_cookie_or_none_opens_nothing(visitor: Visitor) -> None:
    await visitor.post("/plain/start")
    conversation_id, _, _ = visitor.cookie.partition(".")
    for value in ("", conversation_id, f"{conversation_id}.", f"{conversation_id}.wrong", "a.b.c", "é"):
        async with visitor.session.get("/plain", headers={"Cookie": f"guichet_plain={value}"}) as response:
            assert response.status == 200
    visitor.session.cookie_jar.clear()
    assert "Commencer" in await visitor.get()
    assert "Commencer" in await visitor.post("/plain/say", text="bonjour")


async def test_what_is_refused_is_said_on_the_page_and_nothing_is_lost(visitor: Visitor) -> None:
    await visitor.post("/plain/start")
    page = await visitor.say(" ")
    assert visitor.status == 422
    assert 'role="alert"' in page
    assert "Le message est vide" in page
    page = await visitor.say("a" * 3000)
    assert visitor.status == 413
    assert "2000" in page


async def test_the_conversation_can_be_kept_and_erased(visitor: Visitor, service: Service) -> None:
    await visitor.post("/plain/start")
    await visitor.say("combien coûte un passeport pour un adulte ?")
    async with visitor.session.get("/plain/transcript") as response:
        assert "attachment" in response.headers["Content-Disposition"]
        assert response.headers["Cache-Control"] == "no-store"
        assert "combien coûte un passeport" in await response.text()
    conversation_id, _, _ = visitor.cookie.partition(".")
    await visitor.get("/plain/erase")
    page = await visitor.post("/plain/erase", form=visitor.hidden("form"))
    assert "Conversation effacée" in page
    assert re.search(r"E-[0-9a-f]{12}", page), "the receipt has its number"
    assert conversation_id not in page
    assert visitor.cookie == ""
    assert service.rows("SELECT 1 FROM conversations WHERE id = ?", conversation_id) == []


async def test_pages_are_kept_by_no_cache_and_carry_the_strict_policy(visitor: Visitor) -> None:
    await visitor.post("/plain/start")
    async with visitor.session.get("/plain") as response:
        assert response.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        assert "unsafe" not in response.headers["Content-Security-Policy"]
        assert "<script" not in await response.text()


async def test_files_are_sent_by_a_form_and_again_when_the_office_asks(visitor: Visitor, service: Service) -> None:
    await visitor.post("/plain/start")
    citizen = visitor.citizen()
    await citizen.say("je voudrais signaler un problème dans la rue")
    await fill_in(citizen, until="photo")
    page = await visitor.get()
    assert 'enctype="multipart/form-data"' in page
    assert "JPEG, PNG, WebP, 10 Mo au plus. Nombre de fichiers : 3 au plus." in page
    visitor.page = page.replace(visitor.hidden("form"), "0" * 32)
    await visitor.send(photo(), "trou.jpg")
    assert visitor.status == 401, "a form of elsewhere"
    await visitor.get()
    page = await visitor.send(EXE, "photo.jpg")
    assert visitor.status == 422
    assert "ni un PDF ni une image" in page
    await visitor.get()
    page = await visitor.send(b"", "")
    assert "Choisissez-le à nouveau" in page
    await visitor.get()
    page = await visitor.send(photo(), "trou.jpg")
    assert (visitor.status, "Bien reçu : trou.jpg" in plain(page)) == (200, True)
    await citizen.say("continuer")
    await fill_in(citizen)
    page = await visitor.get()
    confirm = re.search(r'value="([^"]+)"[^>]*>Confirmer', page)
    assert confirm
    page = await visitor.say(confirm[1])
    reference = re.search(r"GU-\w{4}-\w{4}", page)
    assert reference

    database = Database(f"sqlite+aiosqlite:///{service.data_dir / 'guichet.db'}")
    cipher = Cipher(read_keys("", service.data_dir))
    office = Casework(database, cipher)
    unreadable = Item(Problem.UNREADABLE, field="photo", note="Trop sombre.")
    proof = Item(Problem.MISSING, label="Justificatif de domicile", file=True)
    await office.ask_completion(reference[0], Author(Actor.AGENT, "camille"), [unreadable, proof])
    page = await visitor.say("où en est ma demande ?")
    assert "Trop sombre." in page
    complete = re.search(r'value="([^"]+)"[^>]*>Compléter', page)
    assert complete
    await visitor.say(complete[1])
    page = await visitor.send(photo(size=(80, 60)), "clair.jpg")
    assert "Bien reçu : trou.jpg, clair.jpg." in plain(page)
    assert "Justificatif de domicile" in page
    page = await visitor.send(PDF, "facture.pdf")
    assert "Bien reçu : facture.pdf" in plain(page)
    request = await RequestStore(database, cipher).by_reference(reference[0])
    assert request.state is State.EXAMINED
    sent = await FileStore(database, cipher, service.data_dir / "files", 1).of_request(request.id)
    assert [(each.field, each.name) for each in sent][-1] == ("completion_1", "facture.pdf")
    await database.close()


async def test_a_file_that_nothing_waits_for_is_refused(visitor: Visitor) -> None:
    await visitor.post("/plain/start")
    assert "attend de fichier" in await visitor.send(photo(), "trou.jpg")
    assert visitor.status == 409

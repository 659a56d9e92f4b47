"""The console in a real browser: accessible, usable with the keyboard and without scripts; pictures for eyes to judge.

The queue is filled through the stores: what an agent sees does not depend on the engine.
"""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from bot.conversations.handoff import HandoffState
from bot.conversations.handoff_store import HandoffStore
from bot.conversations.handoff_talk import Talk
from bot.conversations.model import Author, Message
from bot.conversations.notice import opening
from bot.conversations.store import ConversationStore
from bot.conversations.turn import Turn
from bot.db import Database
from bot.privacy.encryption import Cipher, read_keys
from bot.requests.masked import masked
from bot.requests.store import RequestStore
from tests.chromium import chromium
from tests.console.conftest import PASSWORD, Office

expect.set_options(timeout=30_000)
SCREENS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "narrow": {"viewport": {"width": 360, "height": 740}},
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium as the machine has it; CI must have one."""
    with chromium() as running:
        yield running


@pytest.fixture
def visit(browser: Browser, office: Office) -> Iterator[Callable[..., Page]]:
    """Sign somebody in; whatever the browser complains of fails the test at its end."""
    contexts, complaints = [], []

    def sign_in(name: str, **options: Any) -> Page:
        context = browser.new_context(locale="fr-FR", **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{office.url}/console/login")
        if name:
            page.get_by_label("Identifiant").fill(name)
            page.get_by_label("Mot de passe").fill(PASSWORD)
            page.keyboard.press("Enter")
            expect(page.get_by_role("heading", level=1)).to_contain_text("Bonjour")
        return page

    yield sign_in
    for context in contexts:
        context.close()
    assert complaints == []


class Street:
    """What citizens do, in the database of the office."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def __call__(self, work: Callable[[ConversationStore, HandoffStore, Cipher], Any]) -> Any:
        # Playwright's own event loop runs in this thread: ours takes another.
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(1) as pool:
            return pool.submit(lambda: asyncio.run(self._do(work))).result()

    async def _do(self, work: Callable[[ConversationStore, HandoffStore, Cipher], Any]) -> Any:
        database = Database(f"sqlite+aiosqlite:///{self._office.data_dir / 'guichet.db'}")
        cipher = Cipher(read_keys("", self._office.data_dir))
        store = ConversationStore(database, cipher)
        try:
            return await work(store, HandoffStore(store, cipher), cipher)
        finally:
            await database.close()


@pytest.fixture
def street(office: Office) -> Street:
    return Street(office)


async def _asks(store: ConversationStore, handoffs: HandoffStore, cipher: Cipher) -> str:
    """A citizen asks about a passport, then for a person, and writes while waiting."""
    conversation_id, _, _ = await store.open("fr", None, opening("fr"))
    parse: dict[str, Any] = {
        "intent": {"name": "ask_price", "confidence": 0.93},
        "intent_ranking": [{"name": "ask_delay", "confidence": 0.04}],
        "entities": [{"entity": "age", "value": 12}],
        "actions": ["action_answer"],
    }
    answer = Message(Author.BOT, "Le passeport coûte 86 euros pour une personne majeure, 17 euros avant 15 ans.")
    turn = Turn(conversation_id, "m1", "Combien coûte un passeport ?", parse=parse, messages=[answer], model="2026-11")
    turn.service = "birth-certificate"
    await store.record(turn, {}, language="fr", logged_text="Combien coûte un passeport ?")
    handoff = await handoffs.ask(conversation_id, "birth-certificate", "town-hall", "fr")
    await Talk(handoffs, masked).hear(handoff, "m2", "Bonjour, je suis Camille Lefèvre, mon dossier n'avance pas.")
    return handoff.id


async def _leaves(store: ConversationStore, handoffs: HandoffStore, cipher: Cipher) -> str:
    """A citizen leaves a message outside hours, with an e-mail address."""
    conversation_id, _, _ = await store.open("fr", None, opening("fr"))
    handoff = await handoffs.ask(conversation_id, "birth-certificate", "town-hall", "fr", HandoffState.LEAVING)
    for number, words in enumerate(("Mon acte n'est pas arrivé.", "camille@exemple.fr")):
        await Talk(handoffs, masked).hear(await handoffs.get(handoff.id), f"m{number}", words)
    return handoff.id


async def _says(store: ConversationStore, handoffs: HandoffStore, cipher: Cipher, handoff_id: str, text: str) -> None:
    handoff = await handoffs.get(handoff_id)
    await Talk(handoffs, masked).hear(handoff, f"m-{text}", text)
    async with handoffs.database.writing() as session:
        await handoffs.note(session, handoff_id, "said")


async def _files(store: ConversationStore, handoffs: HandoffStore, cipher: Cipher) -> str:
    requests = RequestStore(store.database, cipher)
    draft = await requests.start("birth-certificate", "fr", None)
    await requests.answer(draft.id, {"birth_name": "Lefèvre", "given_names": "Camille Jeanne"})
    return (await requests.file(draft.id, -2)).reference


def accessible(page: Page) -> None:
    """Check a page with axe, and that nothing sticks out of the window."""
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth"), page.url


@pytest.mark.parametrize("screen", SCREENS)
def test_every_page_is_accessible_and_fits(
    visit: Callable[..., Page], office: Office, street: Street, tmp_path: Path, screen: str
) -> None:
    handoff, reference, left = street(_asks), street(_files), street(_leaves)
    page = visit("", **SCREENS[screen])
    accessible(page)
    page.screenshot(path=tmp_path / f"{screen}-login.png")
    page = visit("ada", **SCREENS[screen])
    for path in (
        "/console",
        "/console/waiting",
        "/console/requests",
        f"/console/requests/{reference}",
        "/console/transcripts?confidence=high",
        "/console/account",
        "/console/account/second-factor",
        "/console/questionnaire",
        "/console/satisfaction",
        "/console/satisfaction/dimensions",
        "/admin/models",
        "/admin/accounts",
        "/admin/audit",
    ):
        page.goto(office.url + path)
        accessible(page)
        page.screenshot(path=tmp_path / f"{screen}{path.replace('/', '-').split('?')[0]}.png", full_page=True)
    picture = f"{tmp_path}/{screen}-%s.png"
    page.goto(f"{office.url}/console/requests/{reference}/citizen")
    accessible(page)
    page.screenshot(path=picture % "why", full_page=True)
    page.get_by_role("button", name="Ouvrir").click()
    page.get_by_text("Effacement").click()
    accessible(page)
    page.screenshot(path=picture % "citizen", full_page=True)
    page.goto(f"{office.url}/console/requests")
    page.get_by_label(f"Choisir {reference}").check()
    page.get_by_text("Traiter ensemble les demandes choisies (1)").click()
    page.get_by_label("Que faire ?").select_option("message")
    page.get_by_label("Mots pour l'usager").fill("Nous avançons.")
    page.get_by_role("button", name="Voir ce qui va se passer").click()
    expect(page.get_by_text("Rien n'est encore fait")).to_be_visible()
    accessible(page)
    page.screenshot(path=picture % "preview", full_page=True)
    page.get_by_role("button", name="Confirmer pour 1 demande(s)").click()
    expect(page.get_by_text("Fait : 1. Refusé : 0.")).to_be_visible()
    accessible(page)
    page.goto(f"{office.url}/console/notes/{left}")
    accessible(page)
    page.screenshot(path=picture % "note", full_page=True)
    page.goto(f"{office.url}/console/transcripts")
    page.get_by_role("row").nth(1).get_by_role("link").click()
    page.get_by_text("Détail, annoter, corriger").first.click()
    accessible(page)
    page.screenshot(path=tmp_path / f"{screen}-transcript.png", full_page=True)
    page.goto(f"{office.url}/console/waiting")
    page.locator(f'form[action*="{handoff}"] button').click()
    expect(page.get_by_text("Camille Lefèvre").first).to_be_visible()
    accessible(page)
    page.screenshot(path=tmp_path / f"{screen}-talk.png", full_page=True)
    page.get_by_role("button", name="Terminer la conversation").click()
    expect(page.get_by_text("La conversation est terminée.")).to_be_visible()


def test_a_talk_is_led_with_the_keyboard_and_follows_what_happens(
    visit: Callable[..., Page], office: Office, street: Street
) -> None:
    handoff = street(_asks)
    page = visit("lea", **SCREENS["desktop"])
    page.goto(f"{office.url}/console/waiting")
    page.locator(f'form[action*="{handoff}"] button').press("Enter")
    answer = page.get_by_label("Votre réponse")
    answer.fill("Bonjour, je regarde.")
    answer.press("Control+Enter")
    expect(page.get_by_role("log")).to_contain_text("Bonjour, je regarde.")
    expect(answer).to_have_value("")
    street(lambda *stores: _says(*stores, handoff, "Merci <b>beaucoup</b> !"))
    expect(page.get_by_role("log")).to_contain_text("Merci <b>beaucoup</b> !")
    page.get_by_label("Réponses prêtes").select_option(label="Un instant")
    page.get_by_role("button", name="Insérer").press("Enter")
    expect(answer).to_have_value("Je vérifie et je reviens vers vous dans quelques minutes.")
    page.reload()
    expect(page.get_by_role("log")).to_contain_text("Merci <b>beaucoup</b> !")
    page.get_by_role("button", name="Terminer la conversation").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("En attente")


def test_the_queue_shows_who_arrives(visit: Callable[..., Page], office: Office, street: Street) -> None:
    page = visit("agnes", **SCREENS["desktop"])
    page.goto(f"{office.url}/console/waiting")
    expect(page.locator("[data-count]")).not_to_have_text("")  # it listens
    handoff = street(_asks)
    expect(page.locator(f'form[action*="{handoff}"]')).to_be_visible()
    page.locator(f'form[action*="{handoff}"] button').click()
    page.get_by_role("button", name="Terminer la conversation").click()


def test_without_scripts_a_talk_goes_on(visit: Callable[..., Page], office: Office, street: Street) -> None:
    handoff = street(_asks)
    page = visit("lea", java_script_enabled=False, **SCREENS["desktop"])
    page.goto(f"{office.url}/console/waiting")
    page.locator(f'form[action*="{handoff}"] button').click()
    page.get_by_label("Réponses prêtes").select_option(label="Bonjour")
    page.get_by_role("button", name="Insérer").click()
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_role("log")).to_contain_text("je lis votre conversation")
    page.get_by_role("button", name="Terminer la conversation").click()


def test_letters_move_through_conversations_once_they_are_turned_on(
    visit: Callable[..., Page], office: Office, street: Street
) -> None:
    for _ in range(2):
        street(_asks)
    page = visit("quentin", **SCREENS["desktop"])
    page.goto(f"{office.url}/console/transcripts")
    page.get_by_role("row").nth(1).get_by_role("link").click()
    first = page.url
    page.keyboard.press("j")
    assert page.url == first, "off until they are turned on"
    page.get_by_text("Raccourcis clavier").click()
    page.get_by_label("Utiliser les raccourcis d'une lettre").check()
    page.keyboard.press("j")
    page.wait_for_url(lambda url: url != first)
    page.keyboard.press("r")
    expect(page.get_by_text("Relue (quentin", exact=False)).to_be_visible()
    page.keyboard.press("c")
    expect(page.get_by_label("Votre commentaire")).to_be_focused()


def test_several_requests_are_chosen_with_the_keyboard_and_confirmed_once(
    visit: Callable[..., Page], office: Office, street: Street
) -> None:
    for _ in range(3):
        street(_files)
    page = visit("lea", **SCREENS["desktop"])
    page.goto(f"{office.url}/console/requests?state=filed&service=birth-certificate")
    count = page.locator("tbody tr").count()
    page.get_by_label("Tout choisir sur cette page").press("Space")
    expect(page.get_by_text(f"Traiter ensemble les demandes choisies ({count})")).to_be_visible()
    page.locator("summary", has_text="Traiter ensemble").press("Enter")
    page.get_by_label("Que faire ?").select_option("under_examination")
    page.get_by_role("button", name="Voir ce qui va se passer").press("Enter")
    expect(page.get_by_text(f"Seront changées : {count}. Refusées : 0.")).to_be_visible()
    page.get_by_role("button", name="Confirmer").dblclick()
    expect(page.get_by_text(f"Fait : {count}. Refusé : 0.")).to_be_visible()


def test_without_scripts_requests_are_processed_together_and_a_page_is_printed(
    visit: Callable[..., Page], office: Office, street: Street
) -> None:
    reference = street(_files)
    page = visit("lea", java_script_enabled=False, **SCREENS["desktop"])
    page.goto(f"{office.url}/console/requests")
    page.get_by_label(f"Choisir {reference}").check()
    page.locator("summary", has_text="Traiter ensemble").click()
    page.get_by_label("Que faire ?").select_option("under_examination")
    page.get_by_role("button", name="Voir ce qui va se passer").click()
    page.get_by_role("button", name="Confirmer").click()
    expect(page.get_by_text("Fait : 1. Refusé : 0.")).to_be_visible()
    page.goto(f"{office.url}/console/requests/{reference}")
    page.emulate_media(media="print")
    expect(page.get_by_text("Lefèvre")).to_be_visible()
    for hidden in ("navigation", "button", "complementary"):
        expect(page.get_by_role(hidden)).to_have_count(0)  # type: ignore[arg-type]

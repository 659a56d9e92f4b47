"""The console in a real browser: accessible, usable with the keyboard and without scripts; pictures for eyes to judge.

The queue is filled through the stores: what an agent sees does not depend on the engine.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.chromium import chromium
from tests.console.conftest import PASSWORD, Office
from tests.console.street import Street, asks, files, leaves, loses, says

expect.set_options(timeout=30_000)
SCREENS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "narrow": {"viewport": {"width": 360, "height": 740}},
}

COLOURS = ["color-contrast", "link-in-text-block"]
"""Rules of axe that judge colours, all that a dark page has of its own."""


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


@pytest.fixture
def street(office: Office) -> Street:
    return Street(office)


def accessible(page: Page) -> None:
    """Check a page with axe, a dark one for its colours alone, and that nothing sticks out of the window."""
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    results = Axe().run(page, options={"runOnly": {"type": "rule", "values": COLOURS}} if dark else None)
    assert results.violations_count == 0, results.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth"), page.url


@pytest.mark.parametrize("screen", SCREENS)
def test_every_page_is_accessible_and_fits(
    visit: Callable[..., Page], office: Office, street: Street, tmp_path: Path, screen: str
) -> None:
    handoff, reference, left = street(asks), street(files), street(leaves)
    street(loses)
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
        "/console/undelivered",
        "/console/samples",
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
    page.get_by_text("Noter ce que la personne préfère").click()
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
    page.get_by_role("button", name="Confirmer (1)").click()
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


def test_on_a_phone_in_english_every_page_fits_and_no_table_of_the_desk_scrolls_sideways(
    visit: Callable[..., Page], office: Office, street: Street
) -> None:
    reference, _ = street(files), street(asks)
    page = visit("ada", **SCREENS["narrow"])
    page.goto(f"{office.url}/console/account")
    page.get_by_label("Langue").select_option("en")
    page.locator("form[action='/console/account/language'] button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My account")
    try:
        for path in (
            "/console",
            "/console/waiting",
            "/console/requests",
            f"/console/requests/{reference}",
            "/console/transcripts",
            "/console/samples",
            "/admin/models",
            "/admin/accounts",
            "/admin/audit",
        ):
            page.goto(office.url + path)
            accessible(page)
            sideways = "[...document.querySelectorAll('.scroll')].filter((each) => each.scrollWidth > each.clientWidth)"
            assert page.evaluate(f"{sideways}.length") == 0, path
    finally:
        page.goto(f"{office.url}/console/account")
        page.get_by_label("Language").select_option("fr")
        page.locator("form[action='/console/account/language'] button").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Mon compte")


def test_a_talk_is_led_with_the_keyboard_and_follows_what_happens(
    visit: Callable[..., Page], office: Office, street: Street
) -> None:
    handoff = street(asks)
    page = visit("lea", timezone_id="Pacific/Kiritimati", **SCREENS["desktop"])
    page.goto(f"{office.url}/console/waiting")
    page.locator(f'form[action*="{handoff}"] button').press("Enter")
    answer = page.get_by_label("Votre réponse")
    answer.fill("Bonjour, je regarde.")
    # The script shows what its keys do once it has come; pressed before, they are nobody's.
    expect(page.get_by_text("Ctrl + Entrée envoie")).to_be_visible()
    answer.press("Control+Enter")
    expect(page.get_by_role("log")).to_contain_text("Bonjour, je regarde.")
    expect(answer).to_have_value("")
    street(lambda *stores: says(*stores, handoff, "Merci <b>beaucoup</b> !"))
    expect(page.get_by_role("log")).to_contain_text("Merci <b>beaucoup</b> !")
    times = page.get_by_role("log").locator("time").all_inner_texts()
    page.get_by_label("Réponses prêtes").select_option(label="Un instant")
    page.get_by_role("button", name="Insérer").press("Enter")
    expect(answer).to_have_value("Je vérifie et je reviens vers vous dans quelques minutes.")
    page.reload()
    expect(page.get_by_role("log")).to_contain_text("Merci <b>beaucoup</b> !")
    # Wherever the agent sits, the script and the server tell the hour of the office.
    assert page.get_by_role("log").locator("time").all_inner_texts() == times
    page.get_by_role("button", name="Terminer la conversation").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("En attente")


@pytest.mark.parametrize("scripts", [True, False])
def test_on_a_phone_the_sections_fold_up_in_one_line_and_open_with_the_keyboard(
    visit: Callable[..., Page], office: Office, *, scripts: bool
) -> None:
    page = visit("lea", java_script_enabled=scripts, viewport={"width": 390, "height": 844})
    header = page.locator("header").bounding_box()
    assert header is not None
    assert header["height"] < 844 / 10
    requests = page.get_by_role("navigation").get_by_role("link", name="Demandes")
    expect(requests).to_be_hidden()
    page.locator("summary", has_text="Menu").press("Enter")
    requests.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Demandes")
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(requests).to_be_visible()
    expect(page.locator("summary", has_text="Menu")).to_be_hidden()


def test_the_queue_shows_who_arrives(visit: Callable[..., Page], office: Office, street: Street) -> None:
    page = visit("agnes", **SCREENS["desktop"])
    page.goto(f"{office.url}/console/waiting")
    expect(page.locator("nav [data-count]")).not_to_have_text("")  # it listens
    handoff = street(asks)
    expect(page.locator(f'form[action*="{handoff}"]')).to_be_visible()
    page.locator(f'form[action*="{handoff}"] button').click()
    page.get_by_role("button", name="Terminer la conversation").click()


def test_without_scripts_a_talk_goes_on(visit: Callable[..., Page], office: Office, street: Street) -> None:
    handoff = street(asks)
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
        street(asks)
    page = visit("quentin", **SCREENS["desktop"])
    page.goto(f"{office.url}/console/transcripts")
    page.get_by_role("row").nth(1).get_by_role("link").click()
    page.wait_for_url(lambda url: "/transcripts/" in url)
    first = page.url
    page.keyboard.press("j")
    assert page.url == first, "off until they are turned on"
    page.get_by_text("Raccourcis clavier").click()
    page.get_by_label("Utiliser les raccourcis d'une lettre").check()
    page.keyboard.press("j")
    page.wait_for_url(lambda url: url != first)
    page.keyboard.press("r")
    expect(page.get_by_text("Relue (quentin", exact=False)).to_be_visible()
    # The text of the new page is there before its script, and a letter pressed in between is nobody's.
    expect(page.get_by_text("Raccourcis clavier")).to_be_visible()
    page.keyboard.press("c")
    expect(page.get_by_label("Votre commentaire")).to_be_focused()

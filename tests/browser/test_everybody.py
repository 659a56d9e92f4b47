"""People's own settings, and what a screen reader is told."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from bot.conversations.model import Author, Message
from tests.browser.rows import put, question, saved
from tests.browser.screen import asked, barriers, focused, from_menu, misfits, open_panel, panel, press, say, tab_to
from tests.browser.walk import FIELDS, STATUS, back
from tests.service import Service

SETTINGS: dict[str, dict[str, Any]] = {
    "zoom of 400 %": {"viewport": {"width": 320, "height": 256}},
    "forced colours": {"forced_colors": "active"},
    "a kiosk": {"viewport": {"width": 1920, "height": 1080}, "has_touch": True},
    "a phone held sideways": {"viewport": {"width": 640, "height": 320}, "has_touch": True, "is_mobile": True},
}


@pytest.mark.parametrize("setting", SETTINGS)
def test_all_can_be_seen_and_reached_with(visit: Callable[..., Page], service: Service, setting: str) -> None:
    page = visit(**SETTINGS[setting], bypass_csp=True, reduced_motion="reduce")
    open_panel(page)
    assert (barriers(page), misfits(page)) == ([], [])
    put(service, saved(page)["id"], STATUS, FIELDS[4])
    back(page)
    expect(page.locator("#answer")).to_be_attached()
    assert (barriers(page), misfits(page)) == ([], [])
    page.get_by_role("button", name="Fermer la conversation").click()
    expect(page.get_by_role("button", name="Une question ?")).to_be_visible()


def test_text_at_200_percent_and_wide_spacing_cut_nothing(visit: Callable[..., Page]) -> None:
    page = visit(viewport={"width": 640, "height": 800}, bypass_csp=True, reduced_motion="reduce")
    page.add_style_tag(
        content="guichet-chat { --guichet-font-size: 200%; line-height: 1.5; "
        " letter-spacing: 0.12em; word-spacing: 0.16em }"
    )
    open_panel(page)
    say(page, "je voudrais demander un acte de naissance")
    expect(page.get_by_role("button", name="Copie intégrale")).to_be_visible()
    assert misfits(page) == []
    cut = page.evaluate(
        """() => [...document.querySelector("guichet-chat").shadowRoot.querySelectorAll("button, .bubble, h2, label")]
            .filter((node) => node.scrollWidth > node.clientWidth + 1 || node.scrollHeight > node.clientHeight + 2)
            .map((node) => node.outerHTML)"""
    )
    assert cut == []


def test_a_page_written_from_right_to_left_keeps_the_widget_readable(visit: Callable[..., Page]) -> None:
    page = visit()
    page.evaluate("document.documentElement.dir = 'rtl'")
    open_panel(page)
    say(page, "bonjour")
    expect(page.get_by_text("Dites-moi ce que vous cherchez")).to_be_visible()
    own, theirs = page.locator(".citizen .bubble").bounding_box(), page.locator(".bot .bubble").last.bounding_box()
    assert own
    assert theirs
    assert own["x"] > theirs["x"], "the citizen is on the right, in a language that is read from left to right"
    assert misfits(page) == []


def test_nothing_moves_for_who_asked_for_it(visit: Callable[..., Page]) -> None:
    page = visit(reduced_motion="reduce")
    open_panel(page)
    moving = page.evaluate(
        """() => [...document.querySelector("guichet-chat").shadowRoot.querySelectorAll("*")]
            .map((node) => getComputedStyle(node))
            .filter((style) => style.animationName !== "none" || style.scrollBehavior === "smooth"
                || style.transitionDuration !== "0s").length"""
    )
    assert moving == 0


def test_a_message_is_announced_once_and_the_history_is_not(visit: Callable[..., Page], service: Service) -> None:
    page = visit()
    open_panel(page)
    log = page.get_by_role("log", name="Messages")
    assert log.get_attribute("aria-live") == "polite"
    page.evaluate(
        """() => {
            // What a screen reader hears of: every element that comes into a live region while it is one.
            window.heard = [];
            const root = document.querySelector("guichet-chat").shadowRoot;
            new MutationObserver((changes) => {
                for (const { target, addedNodes } of changes) {
                    const region = target.closest?.("[aria-live='polite'], [role=status], [role=alert]");
                    if (region) for (const node of addedNodes) window.heard.push(node.textContent);
                }
            }).observe(root, { childList: true, subtree: true });
        }"""
    )
    say(page, "bonjour")
    expect(page.get_by_text("Dites-moi ce que vous cherchez")).to_be_visible()
    put(service, saved(page)["id"], Message(Author.AGENT, "Je suis là."))
    say(page, "merci")
    expect(page.get_by_text("Je suis là.")).to_be_visible()
    expect(page.get_by_text("Avec plaisir")).to_be_visible()
    heard = page.evaluate("window.heard")
    for words in ("Vous\u00a0: bonjour", "Dites-moi ce que vous cherchez", "Agent\u00a0: Je suis là.", "Avec plaisir"):
        assert len([each for each in heard if words in each]) == 1, (words, heard)
    page.reload()
    expect(page.get_by_text("Reprise de votre conversation")).to_be_visible()
    assert log.get_attribute("aria-live") == "off"
    expect(log).to_have_attribute("aria-live", "polite")


def test_a_mistake_is_tied_to_its_field_and_announced(visit: Callable[..., Page], service: Service) -> None:
    page = visit()
    open_panel(page)
    put(service, saved(page)["id"], question("date", "Date de naissance", help="Exemple : 14/07/1985"))
    back(page)
    field = asked(page, "Date de naissance")
    page.get_by_role("button", name="Envoyer", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("date complète")
    assert field.get_attribute("aria-invalid") == "true"
    described = str(field.get_attribute("aria-describedby")).split()
    assert described == ["help", "error"]
    expect(page.locator("#help")).to_have_text("Exemple : 14/07/1985")
    expect(field).to_be_focused()
    field.fill("1985-07-14")
    expect(page.locator("#error")).to_be_empty()
    assert field.get_attribute("aria-invalid") is None


KEYBOARDS: list[tuple[str, dict[str, str], dict[str, str]]] = [
    ("email", {}, {"type": "email", "inputmode": "email", "autocomplete": "email", "autocapitalize": "off"}),
    ("phone", {}, {"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
    ("number", {}, {"inputmode": "decimal"}),
    ("address", {}, {"autocomplete": "street-address"}),
    ("text", {"autocomplete": "family-name"}, {"autocomplete": "family-name"}),
]


def test_a_phone_shows_the_right_keyboard_and_proposes_what_it_knows(
    visit: Callable[..., Page], service: Service
) -> None:
    page = visit()
    open_panel(page)
    for type_, own, wanted in KEYBOARDS:
        put(service, saved(page)["id"], question(type_, f"Question {type_}", **own))
        back(page)
        field = asked(page, f"Question {type_}")
        assert {name: field.get_attribute(name) for name in wanted} == wanted


def test_who_reads_elsewhere_is_left_there(visit: Callable[..., Page]) -> None:
    page = visit()
    open_panel(page)
    say(page, "je voudrais demander un acte de naissance")
    page.get_by_role("button", name="Options").focus()
    expect(page.get_by_text("Quel document vous faut-il")).to_be_visible()
    assert "Options" in focused(page)


def test_the_notice_and_a_person_are_one_press_away(visit: Callable[..., Page]) -> None:
    page = visit()
    open_panel(page)
    tab_to(page, "Assistant automatique", "Shift+Tab")
    page.keyboard.press("Enter")
    about = page.get_by_role("dialog", name="À propos de cet assistant")
    expect(about).to_contain_text("une machine, pas une personne")
    page.keyboard.press("Escape")
    expect(about).to_have_count(0)
    expect(panel(page)).to_be_visible()
    assert "Assistant automatique" in focused(page)
    page.get_by_role("button", name="Parler à une personne").first.click()
    expect(page.get_by_text("Pour parler à une personne")).to_be_visible()


def test_reading_aloud_is_off_until_asked_and_uses_the_voices_of_the_device_only(visit: Callable[..., Page]) -> None:
    page = visit()
    # The browser of the tests has no voice: it is lent one of the device and one of a server.
    page.add_init_script(
        """window.spoken = [];
        class Speech { constructor(text) { this.text = text; } }
        Object.defineProperty(window, "SpeechSynthesisUtterance", { value: Speech });
        Object.defineProperty(window, "speechSynthesis", { value: {
            getVoices: () => [{ lang: "fr-FR", localService: false }, { lang: "fr-FR", localService: true }],
            speak: (speech) => window.spoken.push([speech.text, speech.voice.localService]),
            cancel: () => window.spoken.push(["", true]),
        } });"""
    )
    page.reload()
    open_panel(page)
    assert page.evaluate("window.spoken") == []
    from_menu(page, "Lire à voix haute")
    say(page, "bonjour")
    expect(page.get_by_text("Dites-moi ce que vous cherchez")).to_be_visible()
    [[words, local]] = page.evaluate("window.spoken")
    assert "Dites-moi ce que vous cherchez" in words
    assert local
    from_menu(page, "Lire à voix haute")
    say(page, "merci")
    expect(page.get_by_text("Avec plaisir")).to_be_visible()
    assert len(page.evaluate("window.spoken")) == 2, "turning it off silences it, and nothing more is read"


def test_without_a_voice_reading_aloud_is_not_offered(visit: Callable[..., Page]) -> None:
    page = visit()
    page.add_init_script("Object.defineProperty(window, 'speechSynthesis', { value: { getVoices: () => [] } })")
    page.reload()
    open_panel(page)
    page.get_by_role("button", name="Options").click()
    expect(page.get_by_role("button", name="Lire à voix haute")).to_be_hidden()


def test_a_note_is_asked_for_once(visit: Callable[..., Page]) -> None:
    page = visit()
    open_panel(page)
    say(page, "combien coûte un passeport pour un adulte ?")
    press(page, "Donner mon avis")
    press(page, "Moyen")
    expect(page.get_by_text("Merci, c'est noté")).to_be_visible()
    back(page)
    for face in ("Très bien", "Moyen", "Pas bien"):
        expect(page.get_by_role("button", name=face)).to_be_disabled()
    expect(page.get_by_role("button", name="Moyen")).to_have_attribute("aria-pressed", "true")
    press(page, "Non merci")
    expect(page.get_by_text("Entendu, merci.")).to_be_visible()
    from_menu(page, "Terminer la conversation")
    expect(page.get_by_text("Merci de votre visite")).to_be_visible()
    expect(page.get_by_role("button", name="Moyen")).to_have_count(1)

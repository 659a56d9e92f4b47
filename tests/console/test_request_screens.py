"""Requests at the desk in a real browser: ready reasons, what is missing, several at once, no scripts, on paper."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.console.conftest import Office
from tests.console.street import Street, files
from tests.console.test_screens import SCREENS, accessible, browser, street, visit

__all__ = ["browser", "street", "visit"]


def test_a_ready_reason_comes_with_what_becomes_of_the_request(
    visit: Callable[..., Page], office: Office, street: Street
) -> None:
    reference = street(files)
    page = visit("lea", **SCREENS["desktop"])
    page.goto(f"{office.url}/console/requests/{reference}")
    page.get_by_label("Motifs prêts").select_option(label="Réservé aux proches")
    page.get_by_role("button", name="Reprendre ce motif").press("Enter")
    expect(page.get_by_label("Raison, en mots simples")).to_have_value(re.compile("extrait avec filiation"))
    assert page.get_by_label("La demande devient").input_value() == "refused"


def test_what_is_asked_again_of_an_answer_comes_once_it_is_ticked(
    visit: Callable[..., Page], office: Office, street: Street
) -> None:
    reference = street(files)
    page = visit("lea", **SCREENS["narrow"])
    page.goto(f"{office.url}/console/requests/{reference}")
    page.locator("summary", has_text="Demander des compléments").press("Enter")
    expected = page.locator("fieldset").get_by_label("Ce qui est attendu")
    expect(expected.first).to_be_hidden()
    page.get_by_role("checkbox", name="Nom de naissance").press("Space")
    expect(expected.filter(visible=True)).to_have_count(1)
    accessible(page)
    expected.filter(visible=True).fill("Le nom de la carte d'identité")
    page.get_by_role("button", name="Demander des compléments").press("Enter")
    expect(page.get_by_text("Le nom de la carte d'identité").first).to_be_visible()


def test_several_requests_are_chosen_with_the_keyboard_and_confirmed_once(
    visit: Callable[..., Page], office: Office, street: Street
) -> None:
    for _ in range(3):
        street(files)
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
    reference = street(files)
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

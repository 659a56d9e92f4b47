"""The counter without JavaScript: the whole journey with forms alone, and no barrier on any of its pages."""

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from playwright.sync_api import Page, expect

from bot.conversations.model import Message
from tests.browser.rows import put
from tests.browser.screen import barriers, misfits
from tests.browser.walk import FIELDS, STATUS
from tests.opinion import opinion_link
from tests.service import Service


def say(page: Page, words: str) -> None:
    page.get_by_label("Votre message").fill(words)
    page.get_by_role("button", name="Envoyer").click()


def give(page: Page, label: str, value: str) -> None:
    page.get_by_label(re.compile(f"^{label}")).fill(value)
    page.get_by_role("button", name="Envoyer").click()


def test_a_citizen_asks_files_follows_and_erases_without_scripts(visit: Callable[..., Page], service: Service) -> None:
    page = visit("/plain", java_script_enabled=False)
    page.get_by_role("button", name="Commencer").click()
    say(page, "combien coûte un passeport pour un adulte ?")
    expect(page.get_by_text(re.compile("86\\s€")).first).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_text("The assistant now answers in English.")).to_be_visible()
    page.get_by_role("button", name="Français").click()
    say(page, "je voudrais demander un acte de naissance")
    page.get_by_role("button", name="Copie intégrale").click()
    page.get_by_role("button", name="C'est le mien").click()
    give(page, "Nom de naissance", "Lefèvre")
    give(page, "Prénoms", "Camille")
    give(page, "Date de naissance", "1985-07-14")
    give(page, "Commune de naissance", "Rennes")
    page.get_by_role("button", name="Passer").click()
    give(page, "Votre adresse postale", "3 rue des Lilas, 35000 Rennes")
    give(page, "Votre adresse e-mail", "camille@exemple.fr")
    page.get_by_role("button", name="Confirmer et envoyer").click()
    reference = re.search(r"GU-\w{4}-\w{4}", page.locator("main").inner_text())
    assert reference
    assert service.rows("SELECT 1 FROM requests WHERE reference = ? AND state = 'filed'", reference[0])
    say(page, "où en est ma demande ?")
    expect(page.get_by_text(re.compile("Le service va l.ouvrir"))).to_be_visible()
    page.get_by_role("button", name="Parler à une personne").last.click()
    expect(page.get_by_text("Pour parler à une personne")).to_be_visible()
    page.get_by_role("link", name="Effacer ma conversation").click()
    page.get_by_role("button", name="Effacer").click()
    expect(page.get_by_text("Messages effacés")).to_be_visible()
    assert page.context.cookies() == []


def test_no_page_without_scripts_has_a_barrier(visit: Callable[..., Page], service: Service) -> None:
    page = visit("/plain", forgive="422", bypass_csp=True, viewport={"width": 320, "height": 640}, color_scheme="dark")
    wrong: dict[str, list[str]] = {}

    def look(name: str) -> None:
        if found := [*barriers(page), *misfits(page)]:
            wrong[name] = found

    look("start")
    page.get_by_role("button", name="Commencer").click()
    look("welcome")
    say(page, "Quels papiers pour refaire mon passeport ?")
    look("answer")
    [cookie] = page.context.cookies()
    conversation = cookie["value"].partition(".")[0]
    put(service, conversation, STATUS)
    for field in FIELDS:
        put(service, conversation, Message(field.author, field.text, extras=field.extras))
        page.reload()
        look(field.extras["input"]["type"])
    page.get_by_label("Lundi").check()
    page.get_by_role("button", name="Envoyer").click()
    look("sent")
    page.get_by_label("Votre message").fill(" ")
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_role("alert")).to_be_visible()
    look("error")
    page.get_by_role("link", name="Effacer ma conversation").click()
    look("erase")
    page.get_by_role("button", name="Effacer").click()
    look("erased")
    # The page that a link in an e-mail opens.
    with ThreadPoolExecutor() as apart:
        link = apart.submit(asyncio.run, opinion_link(service)).result()
    page.goto(service.url + link)
    look("face")
    page.get_by_role("button", name="Très bien").click()
    look("opinion")
    page.get_by_role("group", name="Était-ce facile").get_by_label("Très facile").check()
    page.get_by_label("Vos mots").fill("Rapide")
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_text("vos réponses aideront")).to_be_visible()
    look("thanks")
    assert wrong == {}

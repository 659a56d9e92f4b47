"""A whole journey in the real widget: with the mouse, and with the keyboard alone."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.screen import asked, focused, from_menu, give, open_panel, panel, press, say, tab_to
from tests.service import Service

REFERENCE = re.compile(r"GU-\w{4}-\w{4}")


def test_a_citizen_asks_files_follows_and_rates_with_the_mouse(visit: Callable[..., Page], service: Service) -> None:
    page = visit()
    open_panel(page)
    say(page, "Quels papiers pour refaire mon passeport, et ça coûte combien ?")
    expect(page.get_by_text(re.compile("86\\s€")).first).to_be_visible()
    expect(page.get_by_text("Votre passeport actuel")).to_be_visible()
    source = page.get_by_role("link", name="Combien coûte un passeport").first
    assert str(source.get_attribute("href")).startswith("https://www.service-public.gouv.fr/")
    expect(page.get_by_text("vérifié le").first).to_be_visible()

    say(page, "je voudrais demander un acte de naissance")
    press(page, "Copie intégrale")
    press(page, "C'est le mien")
    give(page, "Nom de naissance", "Lefèvre")
    give(page, "Prénoms", "Camille Jeanne")
    give(page, "Date de naissance", "1985-07-14")
    expect(page.get_by_text("14 juillet 1985")).to_be_visible()
    give(page, "Commune de naissance", "Rennes")
    asked(page, "Noms des parents")
    page.get_by_role("button", name="Passer").click()
    asked(page, "Votre adresse postale")
    page.get_by_role("button", name="Retour").click()
    give(page, "Noms des parents", "Anne Martin et Paul Lefèvre")
    give(page, "Votre adresse postale", "3 rue des Lilas, 35000 Rennes")
    give(page, "Votre adresse e-mail", "camille")
    expect(page.get_by_text("semble incomplète")).to_be_visible()
    give(page, "Votre adresse e-mail", "camille.lefevre@exemple.fr")
    expect(page.get_by_text("Tout est juste")).to_be_visible()
    press(page, "Confirmer et envoyer")

    card = page.get_by_role("group", name=re.compile("Votre demande GU-"))
    expect(card).to_be_visible()
    reference = REFERENCE.search(card.inner_text())
    assert reference
    assert panel(page).inner_text().count(reference[0]) == 1, "the reference is said once"
    expect(card.get_by_text("Code d’accès", exact=True)).to_be_visible()
    expect(card.get_by_text("Déposée").first).to_be_visible()

    say(page, "où en est ma demande ?")
    expect(page.get_by_text(re.compile("Le service va l.ouvrir"))).to_be_visible()
    press(page, "Très bien")
    give(page, "Vos mots", "Simple et rapide")
    expect(page.get_by_text(re.compile("vos mots aideront"))).to_be_visible()
    [request] = service.rows("SELECT id, state FROM requests WHERE reference = ?", reference[0])
    [note] = service.rows("SELECT * FROM feedback WHERE subject = ?", request["id"])
    assert (request["state"], note["note"], note["comment"]) == ("filed", 10, "Simple et rapide")


def test_the_same_journey_with_the_keyboard_alone(visit: Callable[..., Page], service: Service) -> None:
    page = visit()
    keys = page.keyboard
    tab_to(page, "Une question")
    keys.press("Enter")
    expect(page.get_by_text("une machine, pas une personne")).to_be_visible()
    assert focused(page).startswith("textarea"), "the focus is where one writes"

    def answer(label: str, words: str) -> None:
        asked(page, label)
        assert focused(page).split()[0] in ("input", "textarea"), focused(page)
        keys.type(words)
        keys.press("Enter")

    answer("Votre message", "combien coûte un passeport pour un adulte ?")
    expect(page.get_by_text(re.compile("86\\s€")).first).to_be_visible()
    answer("Votre message", "je voudrais demander un acte de naissance")
    expect(page.get_by_text("Quel document vous faut-il")).to_be_visible()
    expect(page.get_by_role("group", name="Type de document")).to_be_focused()
    keys.press("Enter")  # Pressed once too often: it chooses nothing.
    expect(page.get_by_text("De qui est l'acte de naissance")).to_have_count(0)
    keys.press("Tab")
    assert "Copie intégrale" in focused(page)
    keys.press("Enter")
    expect(page.get_by_role("group", name="Personne concernée")).to_be_focused()
    keys.press("Tab")
    keys.press("Space")
    answer("Nom de naissance", "Lefèvre")
    answer("Prénoms", "Camille Jeanne")
    asked(page, "Date de naissance")
    # The native date field takes its order of day and month from the browser's own language: it is answered in words.
    tab_to(page, "Répondre par écrit")
    keys.press("Enter")
    answer("Date de naissance", "14 juillet 1985")
    answer("Commune de naissance", "Rennes")
    asked(page, "Noms des parents")
    tab_to(page, "Passer")
    keys.press("Enter")
    answer("Votre adresse postale", "3 rue des Lilas, 35000 Rennes")
    answer("Votre adresse e-mail", "camille.lefevre@exemple.fr")
    expect(page.get_by_text("Tout est juste")).to_be_visible()
    expect(page.get_by_text("14/07/1985")).to_be_visible()
    expect(page.get_by_role("group", name="Vérifiez, puis envoyez")).to_be_focused()
    keys.press("Enter")  # Nor is a request filed by pressing Enter once too often.
    tab_to(page, "Modifier Prénoms", "Shift+Tab")
    keys.press("Enter")
    answer("Prénoms", "Camille")
    expect(page.get_by_text("Prénoms : Camille", exact=True)).to_be_visible()
    tab_to(page, "Confirmer et envoyer")
    keys.press("Enter")
    card = page.get_by_role("group", name=re.compile("Votre demande GU-"))
    expect(card).to_be_visible()
    reference = REFERENCE.search(card.inner_text())
    assert reference
    tab_to(page, "Très bien", "Shift+Tab")
    keys.press("Enter")
    answer("Vos mots", "Clair")
    expect(page.get_by_text(re.compile("vos mots aideront"))).to_be_visible()
    answer("Votre message", "où en est ma demande ?")
    expect(page.get_by_text(re.compile("Le service va l.ouvrir"))).to_be_visible()
    keys.press("Escape")
    expect(panel(page)).to_be_hidden()
    assert "Une question" in focused(page), "the focus returns to the button"
    assert service.rows("SELECT 1 FROM requests WHERE reference = ? AND state = 'filed'", reference[0])

    keys.press("Enter")
    tab_to(page, "Options", "Shift+Tab")
    keys.press("Enter")
    keys.press("Escape")
    assert "Options" in focused(page), "Escape closes the menu first"
    keys.press("Enter")
    tab_to(page, "Effacer ma conversation")
    keys.press("Enter")
    tab_to(page, "Effacer")
    keys.press("Enter")
    expect(page.get_by_text("Messages effacés")).to_be_visible()
    keys.press("Enter")
    expect(panel(page)).to_be_hidden()
    assert "Une question" in focused(page)
    assert "token" not in page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")


def test_nothing_is_stored_or_called_before_the_citizen_opens_the_panel(visit: Callable[..., Page]) -> None:
    page = visit()
    calls: list[str] = []
    page.on("request", lambda request: calls.append(request.url))
    page.reload()
    expect(page.get_by_role("button", name="Une question")).to_be_visible()
    assert not [url for url in calls if "/api/" in url]
    assert {url.split("/")[2] for url in calls} == {page.url.split("/")[2]}, "nothing comes from elsewhere"
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert page.context.cookies() == []
    open_panel(page)
    assert [url for url in calls if "/api/" in url]
    assert page.context.cookies() == []


def test_erasing_the_conversation_leaves_nothing(visit: Callable[..., Page], service: Service) -> None:
    page = visit()
    open_panel(page)
    say(page, "combien coûte un passeport pour un adulte ?")
    expect(page.get_by_text(re.compile("86\\s€")).first).to_be_visible()
    [conversation] = service.rows("SELECT id FROM conversations ORDER BY created_at DESC LIMIT 1")
    from_menu(page, "Effacer ma conversation")
    page.get_by_role("button", name="Effacer", exact=True).click()
    expect(page.get_by_text("Messages effacés")).to_be_visible()
    assert service.rows("SELECT 1 FROM conversations WHERE id = ?", conversation["id"]) == []
    page.get_by_role("button", name="Fermer", exact=True).click()
    assert "token" not in page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")

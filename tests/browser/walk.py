"""Through every state of the widget, once: each is looked at by whoever walks along."""

import re
from collections.abc import Iterator

from playwright.sync_api import Page, expect

from bot.conversations.model import Author, Message
from tests.browser.rows import put, question, saved
from tests.browser.screen import asked, from_menu, give, open_panel, press, say
from tests.service import Service

FILE = {"accept": ["application/pdf", "image/jpeg", "image/png"], "max_bytes": 5_000_000, "max_files": 2}
FIELDS = [
    question("long_text", "Description du problème"),
    question("phone", "Votre téléphone", help="Exemple : 06 12 34 56 78"),
    question("number", "Nombre d'enfants"),
    question("money", "Loyer mensuel"),
    question("period", "Dates du séjour"),
    question("file", "Justificatif de domicile", help="PDF, JPEG ou PNG, 5 Mo au plus.", **FILE),
    question(
        "choices",
        "Jours de cantine",
        choices=[{"value": day, "title": day.capitalize()} for day in ("lundi", "mardi", "jeudi", "vendredi")],
    ),
]
HISTORY = [
    {"state": "filed", "at": "2026-11-02T09:12:00+00:00"},
    {"state": "to_complete", "at": "2026-11-06T14:40:00+00:00", "reason": "Le justificatif de domicile est illisible."},
    {"state": "under_examination", "at": "2026-11-09T08:05:00+00:00"},
]
STATUS = Message(
    Author.BOT,
    "Votre demande GU-7K3M-9QXD (Acte de naissance) est en cours d'examen. Une personne l'étudie.",
    extras={
        "request": {
            "reference": "GU-7K3M-9QXD",
            "state": "under_examination",
            "history": HISTORY,
            "due": "2026-12-02",
        },
        "language": "fr",
    },
)
AGENT = Message(Author.AGENT, "Bonjour, j'ai votre dossier sous les yeux. Que puis-je faire pour vous ?")


def back(page: Page) -> None:
    """Load the page again and wait for the conversation."""
    page.reload()
    expect(page.get_by_text("Reprise de votre conversation")).to_be_visible()


def walk(page: Page, service: Service) -> Iterator[str]:
    """Go through every state of the widget, and yield the name of each while it is shown."""
    yield "closed"
    open_panel(page)
    yield "notice"
    page.get_by_role("button", name="Assistant automatique").click()
    expect(page.get_by_role("heading", name="À propos")).to_be_visible()
    yield "about"
    page.get_by_role("button", name="Fermer", exact=True).click()
    say(page, "Quels papiers pour refaire mon passeport ?")
    expect(page.get_by_text("Votre passeport actuel")).to_be_attached()
    yield "answer"
    say(page, "je voudrais demander un acte de naissance")
    expect(page.get_by_text("Quel document vous faut-il")).to_be_visible()
    yield "choice"
    press(page, "Copie intégrale")
    press(page, "C'est le mien")
    give(page, "Nom de naissance", "Lefèvre")
    give(page, "Prénoms", "Camille Jeanne")
    asked(page, "Date de naissance")
    yield "date"
    give(page, "Date de naissance", "1985-07-14")
    give(page, "Commune de naissance", "Rennes")
    asked(page, "Noms des parents")
    page.get_by_role("button", name="Passer").click()
    asked(page, "Votre adresse postale")
    yield "address"
    give(page, "Votre adresse postale", "3 rue des Lilas, 35000 Rennes")
    give(page, "Votre adresse e-mail", "camille")
    expect(page.get_by_text("semble incomplète")).to_be_visible()
    yield "mistake"
    give(page, "Votre adresse e-mail", "camille@exemple.fr")
    expect(page.get_by_role("button", name="Confirmer et envoyer")).to_be_in_viewport()
    yield "summary"
    press(page, "Confirmer et envoyer")
    expect(page.get_by_role("group", name=re.compile("Votre demande GU-"))).to_be_visible()
    yield "receipt"
    press(page, "Très bien")
    asked(page, "Vos mots")
    yield "comment"
    press(page, "Non merci")
    expect(page.get_by_text("Entendu, merci.")).to_be_visible()
    from_menu(page, "Afficher les heures")
    page.get_by_role("button", name="Options").click()
    yield "menu"
    page.keyboard.press("Escape")
    conversation = saved(page)["id"]
    put(service, conversation, STATUS)
    back(page)
    expect(page.get_by_text("illisible")).to_be_visible()
    yield "status"
    for field in FIELDS:
        put(service, conversation, Message(Author.BOT, field.text, extras=field.extras))
        back(page)
        expect(page.locator("#answer")).to_be_visible()
        yield f"field-{field.extras['input']['type']}"
    page.get_by_role("button", name="Envoyer", exact=True).click()
    expect(page.get_by_text("Cochez au moins une réponse.")).to_be_visible()
    yield "error"
    put(service, conversation, AGENT)
    (service.data_dir / "banner.yml").write_text("fr: L'état civil est fermé ce jeudi matin.", "utf-8")
    try:
        back(page)
        expect(page.get_by_text("fermé ce jeudi matin")).to_be_visible()
        yield "banner"
    finally:
        (service.data_dir / "banner.yml").unlink()
    page.get_by_role("button", name="Masquer cette annonce").click()
    page.context.set_offline(True)
    page.get_by_role("button", name="Arrêter").click()
    expect(page.get_by_text("En attente d’envoi")).to_be_visible()
    yield "offline"
    page.context.set_offline(False)
    expect(page.get_by_text("En attente d’envoi")).to_be_hidden()
    from_menu(page, "Recommencer")
    yield "restart"
    page.get_by_role("button", name="Annuler").click()
    from_menu(page, "Effacer ma conversation")
    yield "erase"
    page.get_by_role("button", name="Effacer", exact=True).click()
    expect(page.get_by_text("Messages effacés")).to_be_visible()
    yield "erased"
    page.get_by_role("button", name="Fermer", exact=True).click()

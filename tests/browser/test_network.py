"""A network that comes and goes, reloads, other pages, two tabs, a sleep: nothing is lost, nothing is said twice."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from bot.conversations.model import Author, Message
from tests.browser.rows import put, question, saved
from tests.browser.screen import asked, from_menu, open_panel, press, say
from tests.browser.walk import STATUS, back
from tests.service import Service

CUT = "ERR_INTERNET_DISCONNECTED|ERR_FAILED|ERR_ABORTED"


def turns(service: Service, page: Page) -> list[str]:
    return [
        row["text"]
        for row in service.rows("SELECT text FROM turns WHERE conversation_id = ? ORDER BY number", saved(page)["id"])
    ]


def test_messages_wait_for_the_network_and_are_sent_once_in_their_order(
    visit: Callable[..., Page], service: Service
) -> None:
    page = visit(forgive=CUT)
    open_panel(page)
    page.context.set_offline(True)
    for words in ("bonjour", "combien coûte un passeport pour un adulte ?", "merci"):
        say(page, words)
    expect(page.get_by_text("Rien n’est perdu")).to_be_visible()
    expect(page.get_by_text("En attente d’envoi").first).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text(re.compile("86\\s€")).first).to_be_visible()
    expect(page.get_by_text("En attente d’envoi")).to_have_count(0)
    expect(page.get_by_text("Avec plaisir")).to_be_visible()
    assert turns(service, page) == ["bonjour", "combien coûte un passeport pour un adulte ?", "merci"]


def test_an_answer_that_got_lost_is_asked_for_again_and_the_message_is_taken_once(
    visit: Callable[..., Page], service: Service
) -> None:
    page = visit(forgive=CUT)
    open_panel(page)
    lost: list[str] = []

    def lose(route: Any) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.request.post_data)
        route.fetch()  # It does arrive; only the answer is lost.
        route.abort()

    page.route("**/messages", lose)
    say(page, "combien coûte un passeport pour un adulte ?")
    expect(page.get_by_text(re.compile("86\\s€")).first).to_be_visible()
    expect(page.get_by_text("En attente d’envoi")).to_have_count(0)
    assert lost
    assert turns(service, page) == ["combien coûte un passeport pour un adulte ?"]
    expect(page.locator(".citizen")).to_have_count(1)


def test_a_message_that_waits_survives_a_reload(visit: Callable[..., Page], service: Service) -> None:
    page = visit(forgive=CUT)
    open_panel(page)
    page.route("**/messages", lambda route: route.abort())
    say(page, "combien coûte un passeport pour un adulte ?")
    expect(page.get_by_text("En attente d’envoi")).to_be_visible()
    page.unroute("**/messages")
    page.reload()
    expect(page.get_by_text(re.compile("86\\s€")).first).to_be_visible()
    assert turns(service, page) == ["combien coûte un passeport pour un adulte ?"]
    expect(page.locator(".citizen")).to_have_count(1)


def test_a_reload_in_the_middle_of_a_request_goes_on_where_it_was(visit: Callable[..., Page]) -> None:
    page = visit()
    open_panel(page)
    say(page, "je voudrais demander un acte de naissance")
    press(page, "Copie intégrale")
    press(page, "C'est le mien")
    asked(page, "Nom de naissance")
    messages = page.locator(".message").count()
    back(page)
    expect(page.locator(".message")).to_have_count(messages)
    expect(page.get_by_text("[réponse")).to_have_count(0)
    expect(page.get_by_role("button", name="Copie intégrale").last).to_be_disabled()
    asked(page, "Nom de naissance").fill("Lefèvre")
    page.keyboard.press("Enter")
    asked(page, "Prénoms")
    expect(page.locator(".message")).to_have_count(messages + 2)


def test_the_conversation_goes_on_from_page_to_page_and_can_begin_again(visit: Callable[..., Page]) -> None:
    page = visit()
    open_panel(page)
    say(page, "bonjour")
    expect(page.get_by_text("Dites-moi ce que vous cherchez")).to_be_visible()
    page.goto(page.url + "?page=2")
    expect(page.get_by_text("Reprise de votre conversation")).to_be_visible()
    expect(page.get_by_text("Dites-moi ce que vous cherchez")).to_be_visible()
    log = page.get_by_role("log")
    log.get_by_role("button", name="Reprendre").click()
    expect(log.get_by_role("button", name="Reprendre")).to_have_count(0)
    back(page)
    log.get_by_role("button", name="Recommencer").click()
    page.get_by_role("dialog").get_by_role("button", name="Recommencer").click()
    expect(page.get_by_text("Dites-moi ce que vous cherchez")).to_have_count(0)
    expect(page.get_by_text("une machine, pas une personne")).to_be_visible()


def test_what_was_pushed_meanwhile_is_resumed_from_the_last_event(visit: Callable[..., Page], service: Service) -> None:
    page = visit(forgive=CUT)
    resumed: list[str] = []
    page.on("request", lambda request: resumed.append(request.headers.get("last-event-id", "")))
    open_panel(page)
    say(page, "bonjour")
    expect(page.get_by_text("Dites-moi ce que vous cherchez")).to_be_visible()
    put(service, saved(page)["id"], Message(Author.AGENT, "Premier message."))
    say(page, "merci")  # Whatever is said wakes the stream: the agent's message comes by it, once.
    expect(page.get_by_text("Premier message.")).to_have_count(1)
    page.context.set_offline(True)
    put(service, saved(page)["id"], Message(Author.AGENT, "Pendant la coupure."), STATUS)
    page.wait_for_timeout(300)
    page.context.set_offline(False)
    wake(page)
    say(page, "merci")
    expect(page.get_by_text("Pendant la coupure.")).to_have_count(1)
    expect(page.get_by_text("Premier message.")).to_have_count(1)


def wake(page: Page) -> None:
    """Do as a browser whose machine wakes up: the page is shown again, and its clock has leapt."""
    page.evaluate(
        """() => {
            const now = Date.now;
            Date.now = () => now() + 3_600_000;
            document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )


def test_after_a_sleep_a_silent_connection_is_opened_again(visit: Callable[..., Page], service: Service) -> None:
    page = visit(forgive=CUT)
    open_panel(page)
    say(page, "bonjour")
    expect(page.get_by_text("Dites-moi ce que vous cherchez")).to_be_visible()
    put(service, saved(page)["id"], Message(Author.AGENT, "Pendant votre sommeil."))
    with page.expect_request("**/events"):
        wake(page)
    expect(page.get_by_text("Pendant votre sommeil.")).to_be_visible()


def test_two_tabs_show_the_same_conversation(visit: Callable[..., Page], service: Service) -> None:
    one = visit()
    one.evaluate("document.querySelector('guichet-chat').setAttribute('storage', 'local')")
    open_panel(one)
    say(one, "bonjour")
    expect(one.get_by_text("Dites-moi ce que vous cherchez")).to_be_visible()
    two = one.context.new_page()
    two.goto(service.url)
    two.evaluate("document.querySelector('guichet-chat').setAttribute('storage', 'local')")
    two.get_by_role("button", name="Une question").click()
    expect(two.get_by_text("Dites-moi ce que vous cherchez")).to_be_visible()
    say(two, "je voudrais demander un acte de naissance")
    expect(one.get_by_text("Quel document vous faut-il")).to_be_visible()
    expect(one.locator(".citizen")).to_have_count(2)
    press(one, "Copie intégrale")
    expect(two.get_by_text("De qui est l'acte de naissance")).to_be_visible()
    expect(two.get_by_role("button", name="Copie intégrale")).to_be_disabled()
    expect(two.locator(".citizen")).to_have_count(3)
    assert saved(one)["id"] == saved(two)["id"]


def test_the_language_changes_in_the_middle_and_nothing_is_lost(visit: Callable[..., Page]) -> None:
    page = visit()
    open_panel(page)
    say(page, "je voudrais demander un acte de naissance")
    expect(page.get_by_text("Quel document vous faut-il")).to_be_visible()
    before = page.locator(".message").count()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_text("The assistant now answers in English.")).to_be_visible()
    expect(page.locator(".message")).to_have_count(before + 1)
    question = page.locator(".message", has_text="Quel document vous faut-il")
    assert question.get_attribute("lang") == "fr"
    press(page, "Copie intégrale")
    expect(page.get_by_text("Whose birth certificate is it?")).to_be_visible()
    assert page.locator(".message", has_text="Whose birth").get_attribute("lang") == "en"
    expect(page.get_by_role("button", name="Talk to a person")).to_be_visible()


def test_as_long_as_nothing_was_said_the_welcome_is_said_again(visit: Callable[..., Page]) -> None:
    page = visit()
    open_panel(page)
    page.get_by_role("button", name="English").click()
    expect(page.get_by_text("a machine, not a person")).to_be_visible()
    expect(page.get_by_text("une machine, pas une personne")).to_have_count(0)
    page.get_by_label("Your message", exact=True).fill("how much is a passport for an adult?")
    page.keyboard.press("Enter")
    expect(page.get_by_text("€86").first).to_be_visible()


def test_a_file_that_is_too_large_is_told_before_it_is_sent(visit: Callable[..., Page], service: Service) -> None:
    page = visit()
    open_panel(page)
    put(service, saved(page)["id"], question("file", "Photo", accept=["image/png"], max_bytes=1_000_000, max_files=1))
    back(page)
    field = asked(page, "Photo")
    assert (field.get_attribute("type"), field.get_attribute("accept")) == ("file", "image/png")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.get_by_role("button", name="Envoyer", exact=True).click()
    expect(page.get_by_text("Choisissez un fichier.")).to_be_visible()
    field.set_input_files({"name": "grande.png", "mimeType": "image/png", "buffer": b"0" * 1_000_001})
    page.get_by_role("button", name="Envoyer", exact=True).click()
    expect(page.get_by_text("grande.png est trop lourd")).to_be_visible()
    assert not [url for url in sent if url.endswith("/files")]


def test_the_transcript_is_a_text_file_made_in_the_browser(visit: Callable[..., Page]) -> None:
    page = visit()
    open_panel(page)
    say(page, "combien coûte un passeport pour un adulte ?")
    expect(page.get_by_text(re.compile("86\\s€")).first).to_be_visible()
    with page.expect_download() as download:
        from_menu(page, "Télécharger la conversation")
    path = download.value.path()
    text = path.read_text("utf-8")
    assert download.value.suggested_filename.endswith(".txt")
    assert "Vous\u00a0: combien coûte un passeport pour un adulte ?" in text
    assert "https://www.service-public.gouv.fr/" in text

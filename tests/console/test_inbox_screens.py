"""The inbox in a real browser: accessible on a phone and a desktop, and a journey that labels with keys alone."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete, select, update

from bot.db import Database, now
from bot.learning.examples import ExampleState, ExampleStore
from bot.learning.harvest import Harvest
from bot.learning.inbox_labelling import Labelling
from bot.learning.inbox_model import Answer, Decision
from bot.learning.inbox_tables import GroupRow, InboxMessageRow, LabelRow
from bot.privacy.encryption import Cipher, read_keys
from bot.requests.masked import masked
from tests.console.conftest import Office
from tests.console.test_screens import SCREENS, accessible, browser, visit
from tests.learning.log import Log

__all__ = ["browser", "visit"]

SAID = (
    "ma trottinette est à la fourrière",
    "ma trottinette est à la fourriere !",
    "fourrière : ma trottinette",
    "quels papiers pour le macaron",
    "il va neiger samedi ?",
    "et pour mon fils",
)
Visit = Callable[..., Page]
Answered = TypeVar("Answered")


def in_a_thread(office: Office, work: Callable[[Database, Cipher], Awaitable[Answered]]) -> Answered:
    """Do something with the database of the office: Playwright's own event loop runs in this thread."""

    async def run() -> Answered:
        database = Database(f"sqlite+aiosqlite:///{office.data_dir / 'guichet.db'}")
        try:
            return await work(database, Cipher(read_keys("", office.data_dir)))
        finally:
            await database.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(run())).result()


async def _fill(database: Database, cipher: Cipher) -> None:
    async with database.writing() as session:
        for table in (LabelRow, InboxMessageRow, GroupRow):
            await session.execute(delete(table))
    log = Log(database, cipher)
    for text in SAID:
        ranking = [("ask_documents", 0.3), ("ask_where", 0.2), ("ask_price", 0.1)]
        await log.talk((text, "?", 0.3), at=now() - timedelta(hours=2), second=ranking)
    await Harvest(database, masked, lambda: [("quels papiers pour le permis", "ask_documents")]).run()
    async with database.writing() as session:
        await session.execute(update(GroupRow).values(twice=False))


async def _disagree(database: Database, cipher: Cipher) -> None:
    labelling = Labelling(database, masked)
    async with database.reading() as session:
        number = await session.scalar(
            select(InboxMessageRow.group_id).where(InboxMessageRow.text == "quels papiers pour le macaron")
        )
    await labelling.label(number or 0, Answer(Decision.INTENT, "ask_documents", "passport"), "tess")
    await labelling.label(number or 0, Answer(Decision.INTENT, "ask_how"), "ada")
    async with database.reading() as session:
        snow = await session.scalar(
            select(InboxMessageRow.group_id).where(InboxMessageRow.text == "il va neiger samedi ?")
        )
    new = await labelling.propose("connaître la météo", "tess")
    await labelling.label(snow or 0, Answer(Decision.NEW, proposed_id=new), "tess")


async def _learnt(database: Database, cipher: Cipher) -> set[tuple[str, str]]:
    return {(each.text, each.intent) for each in await ExampleStore(database).all(ExampleState.ACCEPTED)}


@pytest.mark.parametrize("screen", ["dark", "narrow"])
def test_the_inbox_is_accessible_and_fits(visit: Visit, office: Office, tmp_path: Path, screen: str) -> None:
    in_a_thread(office, _fill)
    in_a_thread(office, _disagree)
    page = visit("tess", **SCREENS[screen])
    for path in ("", "/topics", "/proposed", "/conflicts", "/done"):
        page.goto(f"{office.url}/console/inbox{path}")
        accessible(page)
        page.screenshot(path=tmp_path / f"{screen}-inbox{path.replace('/', '-')}.png", full_page=True)
    page.goto(f"{office.url}/console/inbox")
    for summary in page.locator("main summary").all():
        summary.click()
    accessible(page)
    page.screenshot(path=tmp_path / f"{screen}-inbox-open.png", full_page=True)


def press(page: Page, key: str) -> None:
    """Press a key once the page is ready for it, as a person does who has read the message."""
    page.wait_for_load_state()
    expect(page.locator(".meanings button").first).to_be_focused()
    page.keyboard.press(key)


def test_messages_are_labelled_with_keys_alone(visit: Visit, office: Office) -> None:
    in_a_thread(office, _fill)
    before_all = in_a_thread(office, _learnt)
    page = visit("tess", **SCREENS["desktop"])
    page.goto(f"{office.url}/console/inbox")
    asked, said = page.locator(".asked"), page.locator("main [role=status]")
    count = page.locator(".progress .hint")
    expect(asked).to_contain_text("fourrière")
    expect(count).to_contain_text("5 en attente")
    page.evaluate("window.loaded = 'once'")
    # The whole subject at once, as something that the assistant does not know yet.
    press(page, "a")
    page.keyboard.press("n")
    expect(page.get_by_label("En quelques mots")).to_be_focused()
    page.keyboard.type("récupérer un véhicule en fourrière")
    page.keyboard.press("Enter")
    expect(said.get_by_text("Nouveau : récupérer un véhicule en fourrière")).to_be_visible()
    expect(count).to_contain_text("3 en attente")
    # Undone and said again: another meaning, found by some letters of its name.
    press(page, "z")
    expect(said.get_by_text("C'est annulé")).to_be_visible()
    expect(asked).to_contain_text("fourrière")
    press(page, "o")
    expect(page.get_by_label("Quelques lettres")).to_be_focused()
    page.keyboard.type("comment faire")
    page.keyboard.press("Enter")
    expect(said.get_by_text("Savoir comment faire")).to_be_visible()
    for _ in range(2):
        before = asked.text_content()
        press(page, "Enter")  # the first suggestion, which has the focus
        expect(asked).not_to_have_text(before or "")
    press(page, "x")
    expect(said.get_by_text("C'est noté : Ne rien en apprendre")).to_be_visible()
    expect(page.locator("[data-announce]")).to_contain_text("Ne rien en apprendre")
    assert page.evaluate("window.loaded") == "once", "the next message comes without loading the page anew"
    learnt = in_a_thread(office, _learnt) - before_all
    assert ("ma trottinette est à la fourrière", "ask_how") in learnt
    assert len(learnt) == 3, "the first message, whose two wordings are one, and two suggestions"


def test_an_answer_that_the_server_does_not_take_is_told_and_one_that_never_came_is_sent_anew(
    visit: Visit, office: Office
) -> None:
    in_a_thread(office, _fill)
    # A page of its own: here the browser is expected to complain.
    page = visit("tess", **SCREENS["desktop"]).context.new_page()
    page.goto(f"{office.url}/console/inbox")
    text = page.locator(".asked").text_content()
    lost = []
    page.route("**/console/inbox/*", lambda route: route.continue_() if lost else lost.append(1) or route.abort())
    press(page, "x")
    expect(page.locator("main").get_by_text("C'est noté : Ne rien en apprendre")).to_be_visible()
    expect(page.locator(".asked")).not_to_have_text(text or "")
    page.context.clear_cookies()
    press(page, "x")
    expect(page.locator("main").get_by_text("Vous n'êtes plus connecté")).to_be_visible()


def test_letters_do_nothing_once_they_are_turned_off(visit: Visit, office: Office) -> None:
    in_a_thread(office, _fill)
    page = visit("tess", **SCREENS["desktop"])
    page.goto(f"{office.url}/console/inbox")
    page.get_by_text("Raccourcis clavier").click()
    page.get_by_label("Utiliser les raccourcis d'une lettre").uncheck()
    page.reload()
    press(page, "x")
    press(page, "1")
    expect(page.locator(".progress .hint")).to_contain_text("5 en attente")


def test_without_scripts_every_choice_is_a_button(visit: Visit, office: Office) -> None:
    in_a_thread(office, _fill)
    page = visit("tess", java_script_enabled=False, **SCREENS["narrow"])
    page.goto(f"{office.url}/console/inbox")
    page.get_by_label("ma trottinette est à la fourriere !").uncheck()
    page.get_by_role("button", name="Mettre à part").click()
    expect(page.get_by_text("seront demandés à part")).to_be_visible()
    page.get_by_text("Autre chose que l'assistant connaît").click()
    page.get_by_role("button", name="Savoir comment faire").click()
    expect(page.get_by_text("C'est noté : Savoir comment faire")).to_be_visible()
    page.get_by_role("button", name="Annuler").click()
    expect(page.get_by_text("C'est annulé")).to_be_visible()

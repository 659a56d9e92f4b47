"""Models and runs in a real browser: accessible on a phone and a desktop, in both languages; judged with keys alone."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from bot.accounts.store import AccountStore
from bot.conversations.tables import TurnRow
from bot.db import Database
from bot.learning.comparison import Answer, Change, Comparison, Loss
from bot.learning.runs import RunStore
from bot.learning.runs_tables import RunRow
from bot.privacy.encryption import Cipher
from tests.console.conftest import Office
from tests.console.test_inbox_screens import in_a_thread
from tests.console.test_models import CHALLENGER, evaluated, models, workplace
from tests.console.test_screens import SCREENS, accessible, browser, visit
from tests.learning.log import Log
from tests.learning.workshop import CHAMPION, SAME

__all__ = ["browser", "models", "visit", "workplace"]

SAID = ("ma demande de naissance", "où est mon macaron", "c'est combien le permis", "je veux parler à quelqu'un")
Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def office(workplace: Office) -> Office:
    """The gateway that has models, in the place of the one that the other screens share."""
    return workplace


async def _run(database: Database, cipher: Cipher) -> int:
    """Store a run that changes each of `SAID`, the first the most often."""
    log = Log(database, cipher)
    turns = []
    for text in SAID:
        talk = await log.talk((text, "ask_price", 0.5))
        async with database.reading() as session:
            turns.append((await session.scalars(select(TurnRow.id).where(TurnRow.conversation_id == talk))).one())
    better = replace(SAME, accuracy=0.95, macro_f1=0.94, f1={"ask_price": 0.9, "greet": 0.8}, cross_validation=0.91)
    old = replace(SAME, f1={"ask_price": 0.86, "greet": 0.82})
    lost = (Loss("ask_price", -0.04, -0.08, 0.0), Loss("greet", 0.02, -0.02, 0.05))
    run = await evaluated(database, Comparison(old, better, lost))
    before, after = Answer("ask_price", 0.51, None), Answer("ask_where", 0.83, "passport")
    changes = [Change(turn, 9 - 2 * place, before, after) for place, turn in enumerate(turns)]
    await RunStore(database).keep_changes(run, changes)
    async with database.writing() as session:
        await RunStore(database).add_changes(session, run, changes[:2], live=True)
        await session.execute(update(RunRow).where(RunRow.id == run).values(heard=40))
    return run


async def _reads(database: Database, cipher: Cipher, language: str) -> None:
    store = AccountStore(database, cipher)
    ada = await store.by_name("ada")
    assert ada is not None
    await store.change(ada.id, by="ada", language=language)


async def _judged(database: Database, cipher: Cipher) -> list[tuple[str, bool | None]]:
    runs = RunStore(database)
    return [(each.text, each.right) for each in await runs.changes((await runs.runs(1))[0].id)]


@pytest.mark.parametrize("screen", ["dark", "narrow"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_models_and_a_run_are_accessible_and_fit(
    visit: Visit, office: Office, models: Path, tmp_path: Path, screen: str, language: str
) -> None:
    run = in_a_thread(office, _run)
    page = visit("ada", **SCREENS[screen])
    in_a_thread(office, partial(_reads, language=language))
    page.goto(f"{office.url}/admin/models")
    accessible(page)
    page.screenshot(path=tmp_path / f"{screen}-{language}-models.png", full_page=True)
    page.goto(f"{office.url}/admin/models/runs/{run}")
    for summary in page.locator("main summary").all():
        summary.click()
    accessible(page)
    page.screenshot(path=tmp_path / f"{screen}-{language}-run.png", full_page=True)
    in_a_thread(office, partial(_reads, language="fr"))


def test_what_changes_is_judged_with_keys_alone_and_then_put_in_service(
    visit: Visit, office: Office, models: Path
) -> None:
    run = in_a_thread(office, _run)
    page = visit("ada", **SCREENS["desktop"])
    page.goto(f"{office.url}/admin/models/runs/{run}")
    expect(page.get_by_role("heading", name="Des messages attendent votre jugement")).to_be_visible()
    left = page.get_by_role("button", name="Le nouveau a raison")
    for key, waiting in (("1", 3), ("2", 2), ("z", 3), ("1", 2), ("1", 1)):
        page.wait_for_load_state()
        page.keyboard.press(key)
        expect(left).to_have_count(waiting)
        expect(page.locator("[data-key='1']").locator("xpath=ancestor::li")).to_be_in_viewport()
    # The last one by tabulator, as somebody who turned the letters off.
    page.get_by_text("Raccourcis clavier").click()
    page.get_by_label("Utiliser les raccourcis d'une lettre").uncheck()
    page.keyboard.press("1")
    expect(left).to_have_count(1)
    left.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(left).to_have_count(0)
    assert in_a_thread(office, _judged) == [(SAID[0], True), (SAID[1], True), (SAID[2], True), (SAID[3], False)]
    expect(page.get_by_role("heading", name="Le nouveau modèle peut être mis en service")).to_be_visible()
    page.get_by_role("button", name="Mettre en service").press("Enter")
    expect(page.get_by_text("en service au prochain démarrage")).to_be_visible()
    serving = page.locator("article", has_text=CHALLENGER)
    expect(serving).to_contain_text("en service")
    serving.get_by_role("button", name="Revenir au modèle précédent").press("Enter")
    expect(page.locator("article", has=page.locator(".tag"))).to_contain_text(CHAMPION)

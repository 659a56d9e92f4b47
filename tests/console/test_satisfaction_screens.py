"""The pages of satisfaction in a real browser: with the keyboard alone, and on paper."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete

from bot.conversations.model import Moment
from bot.db import now
from bot.satisfaction.facts import Fact, Kind, Side
from bot.satisfaction.facts_store import FactStore
from bot.satisfaction.facts_tables import FactMarkRow, FactRow
from bot.satisfaction.totals import Totals
from bot.satisfaction.totals_tables import CellRow
from tests.console.conftest import Office
from tests.console.test_screens import Street, browser, street, visit

__all__ = ["browser", "street", "visit"]


@pytest.fixture
def opinions(office: Office, street: Street) -> Iterator[None]:
    """Two months of opinions, which are gone after the test."""

    async def fill(store, handoffs, cipher) -> None:  # type: ignore[no-untyped-def]
        facts = []
        for number in range(240):
            whose = (Side.CITIZEN, list(Moment)[number % 4], "birth-certificate", "town-hall", "widget", "fr")
            at = now() - timedelta(days=1 + number % 60)
            facts += [
                Fact(at, Kind.SIGNAL, *whose, "asked", 1.0, "count"),
                Fact(at, Kind.ANSWER, *whose, "satisfaction", (0.0, 5.0, 10.0, 10.0)[number // 4 % 4], "0-10"),
            ]
        await FactStore(store.database).append(facts)
        await Totals(store.database, "Europe/Paris").refresh()

    async def empty(store, handoffs, cipher) -> None:  # type: ignore[no-untyped-def]
        async with store.database.writing() as session:
            for table in (FactRow, CellRow, FactMarkRow):
                await session.execute(delete(table))

    street(fill)
    yield
    street(empty)


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the element of that identifier has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == name:
            return
    raise AssertionError(f"{name} is not reached with the keyboard")


def test_a_view_is_chosen_and_read_with_the_keyboard_alone(
    visit: Callable[..., Page], office: Office, opinions: None
) -> None:
    page = visit("quentin", viewport={"width": 1280, "height": 800})
    page.goto(f"{office.url}/console/satisfaction")
    tab_to(page, "moment")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    if (
        "moment=information" not in page.url
    ):  # Enter on a list opens it in some browsers: the button is one step further
        page.get_by_role("button", name="Filtrer").press("Enter")
    expect(page).to_have_url(re.compile("moment=information"))
    expect(page.locator("#moment")).to_have_value("information")
    # What scrolls sideways can be reached, and what folds opens.
    assert page.locator(".scroll:not([tabindex='0'])").count() == 0
    page.locator("main summary").first.press("Enter")
    expect(page.locator("main details").first).to_have_attribute("open", "")


def test_on_paper_there_are_the_figures_and_nothing_to_press(
    visit: Callable[..., Page], office: Office, opinions: None
) -> None:
    page = visit("quentin", viewport={"width": 794, "height": 1123})
    page.goto(f"{office.url}/console/satisfaction")
    page.emulate_media(media="print")
    for pressed in ("nav", "form", "button"):
        assert not any(each.is_visible() for each in page.locator(pressed).all()), pressed
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.locator("figure.chart").first.is_visible()
    # The table behind a chart is printed even while it is folded on the screen.
    assert page.locator("details table").first.evaluate("each => each.getBoundingClientRect().height") > 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing is cut at the edge"
    assert page.pdf().startswith(b"%PDF")

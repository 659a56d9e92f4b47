"""The widget on a desktop, on a small phone and in the dark: all of it can be seen and reached.

Pictures of each state are left in pytest's temporary folder, for eyes to judge.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.screen import asked, give, open_panel, panel, press, say

SCREENS: dict[str, dict[str, Any]] = {
    "desktop": {},
    "phone": {"viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True},
    "dark": {"color_scheme": "dark"},
}
STILL = {"reduced_motion": "reduce"}
"""No animation: a picture of a panel that rises shows nothing."""
SMALLEST_TARGET = 24
"""Pixels, WCAG 2.2 criterion 2.5.8."""


def all_fits(page: Page) -> None:
    """Check that nothing sticks out of the window and that everything can be hit with a finger."""
    width = page.evaluate("innerWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for element in panel(page).locator("button:visible, input:visible, textarea:visible").all():
        box = element.bounding_box()
        assert box is not None
        assert box["x"] >= 0, element.inner_text()
        assert box["x"] + box["width"] <= width + 1, element.inner_text()
        assert min(box["width"], box["height"]) >= SMALLEST_TARGET, element.evaluate("node => node.outerHTML")


@pytest.mark.parametrize("screen", SCREENS)
def test_every_state_can_be_seen_and_reached(visit: Callable[..., Page], tmp_path: Path, screen: str) -> None:
    page = visit(**SCREENS[screen], **STILL)

    def look(name: str) -> None:
        page.screenshot(path=tmp_path / f"{screen}-{name}.png")
        if panel(page).count():
            all_fits(page)

    look("page")
    open_panel(page)
    look("welcome")
    say(page, "Quels papiers pour refaire mon passeport, et ça coûte combien ?")
    expect(page.get_by_text("Votre passeport actuel")).to_be_attached()
    look("answer")
    say(page, "je voudrais demander un acte de naissance")
    expect(page.get_by_text("Quel document vous faut-il")).to_be_visible()
    look("choice")
    press(page, "Copie intégrale")
    press(page, "C'est le mien")
    give(page, "Nom de naissance", "Lefèvre")
    give(page, "Prénoms", "Camille Jeanne")
    asked(page, "Date de naissance")
    look("date")
    give(page, "Date de naissance", "1985-07-14")
    give(page, "Commune de naissance", "Rennes")
    asked(page, "Noms des parents")
    page.get_by_role("button", name="Passer").click()
    give(page, "Votre adresse postale", "3 rue des Lilas, 35000 Rennes")
    give(page, "Votre adresse e-mail", "camille")
    expect(page.get_by_text("semble incomplète")).to_be_visible()
    look("mistake")
    give(page, "Votre adresse e-mail", "camille@exemple.fr")
    expect(page.get_by_role("button", name="Confirmer et envoyer")).to_be_visible()
    look("summary")
    press(page, "Confirmer et envoyer")
    expect(page.get_by_role("group", name=re.compile("Votre demande GU-"))).to_be_visible()
    look("receipt")
    press(page, "Très bien")
    asked(page, "Vos mots")
    look("comment")
    page.get_by_role("button", name="Options").click()
    look("menu")

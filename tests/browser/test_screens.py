"""Every state of the widget, on a desktop and on the smallest phone, in the light and in the dark.

In each: axe-core finds no barrier, nothing sticks out of the window, everything can be hit with a finger, and what must
be answered is in sight.
`GUICHET_PICTURES=docs/images` writes a picture of each state there, on all four screens.
"""

import os
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.browser.screen import barriers, misfits
from tests.browser.walk import walk
from tests.service import Service

DESKTOP: dict[str, Any] = {}
PHONE: dict[str, Any] = {"viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True}
SCREENS = {
    "desktop": DESKTOP,
    "phone-dark": {**PHONE, "color_scheme": "dark"},
    "desktop-dark": {"color_scheme": "dark"},
    "phone": PHONE,
}
PICTURES = os.environ.get("GUICHET_PICTURES", "")
LOOKED_AT = list(SCREENS) if PICTURES else [pytest.param("desktop", marks=pytest.mark.slow), "phone-dark"]
HEAD = 100
"""Pixels that the head of the panel may take on the smallest phone."""
WHOLE = ("closed", "about", "answer", "restart", "erase", "erased")
"""States of which the whole page is shown on a desktop."""
STILL = {"reduced_motion": "reduce", "bypass_csp": True}
"""No animation, because a picture of a panel that rises shows nothing; and axe-core is let in."""


@pytest.mark.parametrize("screen", LOOKED_AT)
def test_every_state_is_accessible_and_fits(visit: Callable[..., Page], service: Service, screen: str) -> None:
    page = visit(**SCREENS[screen], **STILL, forgive="ERR_INTERNET_DISCONNECTED")
    wrong: dict[str, list[str]] = {}
    for name in walk(page, service):
        if found := [*barriers(page), *misfits(page), *unseen(page, name)]:
            wrong[name] = found
        if PICTURES:
            picture(page, Path(PICTURES) / f"{screen}-{name}.png", whole=name in WHOLE)
        if name == "summary":
            assert page.locator("textarea").count() == 0, "there is nothing to write at the summary"
        if name == "notice" and "phone" in screen:
            assert page.locator(".head").evaluate("node => node.offsetHeight") < HEAD
    assert wrong == {}


def unseen(page: Page, name: str) -> list[str]:
    """Return what must be in sight in a state and is not: a question with its choices, the way to confirm."""
    words = {
        "choice": ["Quel document vous faut-il", "Copie intégrale", "Extrait sans filiation"],
        "summary": ["Confirmer et envoyer"],
    }
    return [f"cannot be seen: {each}" for each in words.get(name, []) if not in_sight(page, each)]


def picture(page: Page, path: Path, *, whole: bool) -> None:
    """Write a small picture of the page, or of the panel alone where the rest of a desktop says nothing."""
    page.mouse.move(0, 0)
    beside = {"x": 780, "y": 40, "width": 500, "height": 760}
    taken = page.screenshot(clip=None if whole or page.evaluate("innerWidth < 1000") else beside)  # type: ignore[arg-type]
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.open(BytesIO(taken)).convert("RGB").quantize(96).save(path, optimize=True)


def in_sight(page: Page, words: str) -> bool:
    boxes = [
        locator.bounding_box() for locator in (page.get_by_text(words).last, *map(page.locator, (".log", ".composer")))
    ]
    if not all(boxes):
        return False
    box, log, composer = boxes
    inside = log["y"] <= box["y"] and box["y"] + box["height"] <= log["y"] + log["height"]
    return bool(inside or composer["y"] <= box["y"])

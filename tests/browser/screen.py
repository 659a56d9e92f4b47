"""What a citizen does at the screen, in words."""

import re

from playwright.sync_api import Locator, Page, expect

OPEN = "Une question ?"


def panel(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Guichet de Beaulieu-sur-Loue")


def open_panel(page: Page) -> None:
    """Open the panel with the mouse and wait for the welcome."""
    page.get_by_role("button", name=OPEN).click()
    expect(page.get_by_text("une machine, pas une personne")).to_be_visible()


def say(page: Page, words: str) -> None:
    """Write a message and send it with the button."""
    page.get_by_label("Votre message", exact=True).fill(words)
    page.get_by_role("button", name="Envoyer", exact=True).click()


def press(page: Page, title: str) -> None:
    """Press the last choice of that title."""
    page.get_by_role("button", name=title).last.click()


def asked(page: Page, label: str) -> Locator:
    """Return the field of a question, once it is asked."""
    field = page.get_by_label(re.compile(f"^{label}"))
    expect(field).to_be_visible()
    return field


def give(page: Page, label: str, value: str) -> None:
    """Answer a question in its own field."""
    asked(page, label).fill(value)
    page.get_by_role("button", name="Envoyer", exact=True).click()


def focused(page: Page) -> str:
    """Return the name of what has the focus, inside the widget or on the page."""
    return str(
        page.evaluate(
            """() => {
                let node = document.activeElement;
                while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
                return node ? `${node.localName} ${node.getAttribute("aria-label") ?? node.innerText ?? ""}` : "";
            }"""
        )
    )


def tab_to(page: Page, name: str, key: str = "Tab") -> None:
    """Move the focus with the keyboard until it is on something of that name."""
    for _ in range(60):
        if name in focused(page):
            return
        page.keyboard.press(key)
    raise AssertionError(f"the keyboard does not reach {name!r}; it is on {focused(page)!r}")

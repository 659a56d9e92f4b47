"""What a citizen does at the screen, in words."""

import re
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Locator, Page, expect

OPEN = "Une question ?"
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
SMALLEST_TARGET = 24
"""Pixels, WCAG 2.2 criterion 2.5.8."""


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
    field = page.get_by_label(re.compile(f"^{label}")).and_(page.locator("#answer"))
    expect(field).to_be_visible()
    return field


def give(page: Page, label: str, value: str) -> None:
    """Answer a question in its own field."""
    asked(page, label).fill(value)
    page.get_by_role("button", name="Envoyer", exact=True).click()


def from_menu(page: Page, item: str) -> None:
    """Press an item of the menu."""
    page.get_by_role("button", name="Options").click()
    page.locator("#menu").get_by_role("button", name=item, exact=True).click()


def focused(page: Page) -> str:
    """Return the name of what has the focus, inside the widget or on the page."""
    return str(
        page.evaluate(
            """() => {
                let node = document.activeElement;
                while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
                const groups = "fieldset, section, form, [role=group]";
                const group = node?.matches(groups) ? node.querySelector("legend") : node;
                const name = node?.getAttribute("aria-label") ?? group?.textContent ?? "";
                return node ? `${node.localName} ${name.replace(/\\s+/g, " ")}` : "";
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


def barriers(page: Page) -> list[str]:
    """Return what axe-core finds wrong; the page's context must let it in (`bypass_csp`)."""
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(path=AXE)
    found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{rule['id']}: {rule['help']} {[node['html'][:120] for node in rule['nodes']]}" for rule in found["violations"]
    ]


def misfits(page: Page) -> list[str]:
    """Return what sticks out of the window, or is too small for a finger."""
    wrong: list[str] = page.evaluate(
        """smallest => {
            const root = document.querySelector("guichet-chat")?.shadowRoot ?? document;
            const wrong = [];
            if (document.documentElement.scrollWidth > innerWidth) wrong.push("the page scrolls sideways");
            for (const node of root.querySelectorAll("button, input, textarea, select")) {
                // A box is hit through its label.
                const target = node.type === "checkbox" ? node.closest("label") : node;
                const { left, right, width, height } = target.getBoundingClientRect();
                if (!width || node.type === "hidden") continue;
                if (left < 0 || right > innerWidth + 1) wrong.push(`out of the window: ${node.outerHTML}`);
                if (Math.min(width, height) < smallest) wrong.push(`too small: ${node.outerHTML}`);
            }
            return wrong;
        }""",
        SMALLEST_TARGET,
    )
    return wrong

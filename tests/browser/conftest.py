"""A real browser on the real page of the running service."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.chromium import chromium

# A page of the internet may not call this machine: true for people, but the tests' other origins are on it.
FAR = "--disable-features=LocalNetworkAccessChecks,PrivateNetworkAccessChecks"


def pytest_configure(config: pytest.Config) -> None:
    # Registered once, whichever folder comes first: an imported fixture would start a service for each folder.
    if not config.pluginmanager.has_plugin("tests.service"):
        config.pluginmanager.import_plugin("tests.service")


# For these tests only: as long as it is open, Playwright runs an event loop that tests of other folders cannot share.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium as the machine has it; CI must have one."""
    with chromium("--disable-sync", FAR) as running:
        yield running


@pytest.fixture
def visit(browser: Browser, service: Any) -> Iterator[Callable[..., Page]]:
    """Open the page of demonstration as a citizen; whatever the browser complains of fails the test at its end.

    `forgive` is a pattern of complaints that the test brings about itself.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(path: str = "/", forgive: str = "", **options: Any) -> Page:
        context = browser.new_context(**{"locale": "fr-FR", "viewport": {"width": 1280, "height": 800}, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        # A breach of the content security policy is told on the console too.
        page.on("console", lambda message: complain(message.text, forgive) if message.type in BAD else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(service.url + path)
        return page

    def complain(text: str, forgive: str) -> None:
        if not (forgive and re.search(forgive, text)):
            complaints.append(text)

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


BAD = ("error", "warning")

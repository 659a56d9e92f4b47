"""The widget in a real browser, on the page of demonstration."""

import asyncio
import re
import shutil
from time import perf_counter
from typing import Any

from playwright.async_api import Browser, Error, Page, Playwright, async_playwright

from tests.chromium import QUIET
from tests.citizen import plain
from tests.mystery.doors import Stuck
from tests.mystery.transcript import Reply, Shown

SETTLED = 0.25
"""Seconds without a new message after which an answer is complete."""
PATIENCE = 20
READ = """() => {
    const root = document.querySelector("guichet-chat").shadowRoot;
    const words = (node) => (node ? node.innerText.trim() : "");
    const lines = (bubble) => [...bubble.children]
        .filter((part) => !part.matches(".sources, .spoken, .sr, [class*=visually]"))
        .map((part) => part.localName === "ul" ? [...part.children].map(words).join("\\n") : words(part)).join("\\n");
    const shown = [...root.querySelectorAll(".log .message")].map((node) => ({
        author: node.className.split(" ").at(-1) === "message" ? "bot" : node.className.replace("message", "").trim(),
        text: lines(node.querySelector(".bubble")),
        language: node.lang,
        buttons: [...node.querySelectorAll("button")].map(words),
        sources: [...node.querySelectorAll(".sources > li")].map((line) => ({
            title: words(line), url: line.querySelector("a")?.href ?? "", checked: words(line).split(",").at(-1),
        })),
        request: words(node.querySelector("dl")),
    }));
    const label = [...root.querySelectorAll("label")].find((each) => each.htmlFor === "answer");
    const outside = [...root.querySelectorAll("form button, .composer button")].map(words).filter(Boolean);
    return { shown, asked: words(label), outside };
}"""


class Chromium:
    """A browser, started once."""

    def __init__(self, playwright: Playwright, browser: Browser) -> None:
        self._playwright = playwright
        self.browser = browser

    @classmethod
    async def start(cls) -> "Chromium":
        """Start the machine's Chromium.

        Raises:
            Stuck: there is none.
        """
        path = shutil.which("chromium")
        if path is None:
            raise Stuck("there is no `chromium` on this machine")
        playwright = await async_playwright().start()
        return cls(playwright, await playwright.chromium.launch(executable_path=path, args=QUIET))

    async def stop(self) -> None:
        """Close it."""
        await self.browser.close()
        await self._playwright.stop()


class WidgetDoor:
    """A citizen at a screen."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._seen = 0
        self.conversation = ""
        self.welcome = Reply()

    @classmethod
    async def enter(cls, browser: Browser, url: str, language: str) -> "WidgetDoor":
        """Open the page and the panel."""
        locale = {"fr": "fr-FR", "en": "en-GB"}[language]
        context = await browser.new_context(locale=locale, viewport={"width": 1000, "height": 800})
        page = await context.new_page()
        page.set_default_timeout(PATIENCE * 1000)
        door = cls(page)
        try:
            await page.goto(url)
            # The widget speaks the browser's language.
            await page.get_by_role("button", name=re.compile("question")).first.click()
        except Error as error:
            raise Stuck(f"the panel does not open: {error.message[:200]}") from None
        door.welcome = await door._answer(perf_counter(), 0)
        kept = await page.evaluate(
            "Object.entries({...sessionStorage, ...localStorage}).find(([k]) => k.includes('http'))?.[1] ?? ''"
        )
        found = re.search(r'"id":\s*"([0-9a-f]{24,32})"', str(kept))
        door.conversation = found[1] if found else ""
        return door

    async def say(self, words: str) -> Reply:
        """Write in the field and press Enter's button."""
        began, before = perf_counter(), await self._count()
        try:
            other = self._page.get_by_role("button", name=re.compile("^(Répondre par écrit|Answer in writing)"))
            if await other.count():
                await other.first.click()
            await self._page.locator("guichet-chat textarea, guichet-chat #answer").first.fill(words)
            await self._page.get_by_role("button", name=re.compile("^(Envoyer|Send)$")).first.click()
        except Error as error:
            raise Stuck(f"the widget would not take the words: {error.message[:200]}") from None
        return await self._answer(began, before + 1)

    async def press(self, words: str) -> Reply:
        """Press the last button that holds some words."""
        began, before = perf_counter(), await self._count()
        found = self._page.get_by_role("button", name=words)
        if not await found.count():
            raise Stuck(f"no button says {words!r}")
        try:
            await found.last.click()
        except Error as error:
            raise Stuck(f"the button {words!r} cannot be pressed: {error.message[:200]}") from None
        return await self._answer(began, before + 1)

    async def come_back(self) -> Reply:
        """Load the page again; the panel opens by itself."""
        began = perf_counter()
        await self._page.reload()
        return await self._answer(began, 0)

    async def switch(self, language: str) -> Reply:
        """Switch the language with the menu."""
        began, before = perf_counter(), await self._count()
        await self._page.get_by_role("button", name="Options").click()
        name = {"fr": "Français", "en": "English"}[language]
        await self._page.locator("#menu").get_by_role("button", name=re.compile(name)).click()
        return await self._answer(began, before)

    async def erase(self) -> Reply:
        """Not played in the browser: tests/browser does."""
        raise Stuck("the widget's own erasure is tested in tests/browser")

    async def news(self) -> Reply:
        """Return what is there after the citizen's last words."""
        return await self._answer(perf_counter(), 0)

    async def leave(self) -> None:
        """Close the window."""
        await self._page.context.close()

    async def _count(self) -> int:
        return len((await self._page.evaluate(READ))["shown"])

    async def _answer(self, began: float, more_than: int) -> Reply:
        """Wait until there are more messages than before and nothing is added any more."""
        read: dict[str, Any] = {"shown": [], "asked": "", "outside": []}
        count, still = -1, perf_counter()
        while perf_counter() - began < PATIENCE:
            read = await self._page.evaluate(READ)
            if len(read["shown"]) != count:
                count, still = len(read["shown"]), perf_counter()
            elif count > more_than and perf_counter() - still > SETTLED:
                break
            await asyncio.sleep(0.05)
        took = (still - began) * 1000
        shown = read["shown"]
        last = max((i for i, each in enumerate(shown) if each["author"] == "citizen"), default=-1)
        messages = [
            Shown(
                each["author"],
                each["text"],
                [plain(button) for button in each["buttons"]],
                each["sources"],
                {"shown": each["request"]} if each["request"] else None,
                each["language"],
            )
            for each in shown[last + 1 :]
        ]
        if messages and read["outside"]:
            end = messages[-1]
            buttons = [*end.buttons, *(plain(title) for title in read["outside"])]
            messages[-1] = Shown(end.author, end.text, buttons, end.sources, end.request, end.language)
        return Reply(messages, plain(read["asked"]) or None, "", took)

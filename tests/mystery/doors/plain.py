"""The pages without JavaScript: forms are sent as a browser without scripts sends them."""

from time import perf_counter

import aiohttp
from lxml import html

from tests.citizen import plain
from tests.mystery.doors import Stuck
from tests.mystery.transcript import Reply, Shown


class PlainDoor:
    """A browser without scripts."""

    def __init__(self, client: aiohttp.ClientSession) -> None:
        self._client = client
        self._page = html.fromstring("<html/>")
        self.conversation = ""
        self.welcome = Reply()

    @classmethod
    async def enter(cls, url: str, language: str) -> "PlainDoor":
        """Open a conversation."""
        # An address with a number is no name of a host: such cookies are kept too.
        jar = aiohttp.CookieJar(unsafe=True)
        door = cls(aiohttp.ClientSession(base_url=url, cookie_jar=jar, timeout=aiohttp.ClientTimeout(total=60)))
        door.welcome = await door._post("/plain/start", {"language": language})
        cookie = next(each.value for each in jar if each.key == "guichet_plain")
        door.conversation = cookie.partition(".")[0]
        return door

    async def say(self, words: str) -> Reply:
        """Write in the field of the page and send the form."""
        return await self._send(words)

    async def press(self, words: str) -> Reply:
        """Press the last button of the page that holds some words."""
        wanted = plain(words).lower()
        buttons = self._page.xpath("//section[@id='reponse']//button[@name='text']")
        found = [each for each in buttons if wanted in plain(each.text_content()).lower()]
        if not found:
            raise Stuck(f"no button says {words!r}: {[plain(each.text_content()) for each in buttons]}")
        return await self._send(found[-1].get("value"))

    async def come_back(self) -> Reply:
        """Load the page again."""
        began = perf_counter()
        async with self._client.get("/plain") as response:
            self._page = html.fromstring(await response.text())
        return self._read(began, whole=True)

    async def switch(self, language: str) -> Reply:
        """Press the button of the other language."""
        return await self._post("/plain/language", {"form": self._hidden("form"), "language": language})

    async def erase(self) -> Reply:
        """Follow the link and confirm."""
        async with self._client.get("/plain/erase") as response:
            self._page = html.fromstring(await response.text())
        async with self._client.post("/plain/erase", data={"form": self._hidden("form")}) as response:
            self._page = html.fromstring(await response.text())
        return Reply([Shown("system", " ".join(self._page.text_content().split()))])

    async def news(self) -> Reply:
        """Load the page again."""
        began = perf_counter()
        async with self._client.get("/plain") as response:
            self._page = html.fromstring(await response.text())
        return self._read(began)

    async def leave(self) -> None:
        """Close the browser."""
        await self._client.close()

    async def _send(self, text: str) -> Reply:
        return await self._post("/plain/say", {"form": self._hidden("form"), "id": self._hidden("id"), "text": text})

    async def _post(self, path: str, fields: dict[str, str]) -> Reply:
        began = perf_counter()
        async with self._client.post(path, data=fields) as response:
            self._page = html.fromstring(await response.text())
        return self._read(began)

    def _hidden(self, name: str) -> str:
        found = self._page.xpath(f"//input[@name='{name}']/@value")
        if not found:
            raise Stuck(f"the page has no field {name!r}")
        return str(found[0])

    def _read(self, began: float, *, whole: bool = False) -> Reply:
        items = self._page.xpath("//ol[@class='log']/li")
        last = max((i for i, item in enumerate(items) if "citizen" in item.get("class").split()), default=-1)
        messages = [_message(item) for item in items[0 if whole else last + 1 :]]
        error = self._page.xpath("//p[@class='error']")
        messages += [Shown("system", each.text_content()) for each in error]
        buttons = [each.text_content().strip() for each in self._page.xpath("//section[@id='reponse']//button")]
        if messages:
            messages[-1] = _with(messages[-1], buttons)
        label = self._page.xpath("//section[@id='reponse']//*[self::legend or (self::label and @for='texte')]")
        asked = (
            plain(label[0].text_content()).removesuffix(" (facultatif)").removesuffix(" (optional)").strip()
            if label
            else None
        )
        if not label and messages:
            asked = plain(messages[-1].text).strip()  # a file cannot be sent here: only the question says what is asked
        return Reply(messages, asked, "", (perf_counter() - began) * 1000)


def _message(item: html.HtmlElement) -> Shown:
    bubble = item.xpath(".//div[@class='bubble']")[0]
    sources = [
        {
            "title": "".join(line.xpath("./a/text()")) or line.text_content(),
            "url": "".join(line.xpath("./a/@href")),
            "checked": line.text_content().rpartition(",")[2],
        }
        for line in bubble.xpath("./ul[@class='sources']/li")
    ]
    lines = []
    for part in bubble.xpath("./p | ./ul[not(@class)]/li | ./dl/div | ./ol/li"):
        for line_break in part.xpath(".//br"):
            line_break.tail = "\n" + (line_break.tail or "")
        lines.append(part.text_content())
    states = [" ".join(each.text_content().split()) for each in bubble.xpath("./dl/div")]
    author = item.get("class").split()[-1]
    return Shown(author, "\n".join(lines), [], sources, {"shown": states} if states else None, item.get("lang") or "")


def _with(message: Shown, buttons: list[str]) -> Shown:
    return Shown(message.author, message.text, buttons, message.sources, message.request, message.language)

"""A colleague's browser without scripts: it opens pages, fills forms in and follows where it is led."""

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import aiohttp
from lxml import html


@dataclass
class Shown:
    """A page as it came back."""

    status: int
    text: str
    path: str
    headers: Any

    @property
    def words(self) -> str:
        """What is read on it."""
        return " ".join(html.fromstring(self.text).text_content().split()) if self.text.strip() else ""

    def links(self, start: str) -> list[str]:
        """The addresses and the targets of forms that begin so."""
        return re.findall(rf'(?:href|action)="({re.escape(start)}[^"]+)"', self.text)


class Colleague:
    """A browser.

    Attributes:
        page: what it shows.
    """

    def __init__(self, url: str) -> None:
        # An address with a number is no name of a host: such cookies are kept too.
        jar = aiohttp.CookieJar(unsafe=True)
        self.client = aiohttp.ClientSession(base_url=url, cookie_jar=jar, timeout=aiohttp.ClientTimeout(total=60))
        self.page = Shown(0, "", "", {})

    async def sign_in(self, name: str, password: str) -> Shown:
        """Sign in with a password."""
        await self.open("/console/login")
        return await self.send("/console/login", name=name, password=password)

    async def open(self, path: str) -> Shown:
        """Open a page."""
        async with self.client.get(path) as response:
            self.page = Shown(response.status, await response.text(), str(response.url.path_qs), response.headers)
        return self.page

    async def send(self, path: str, *, follow: bool = True, **fields: Any) -> Shown:
        """Send a form with the token that the present page carries."""
        data = ({"form": self.form_token} if self.form_token else {}) | fields
        return await self.post(path, data, follow=follow)

    @property
    def form_token(self) -> str:
        """The token of the forms of the present page."""
        token = re.search(r'name="form" value="([0-9a-f]+)"', self.page.text)
        return token[1] if token else ""

    async def post(self, path: str, data: Any, *, follow: bool = True, **more: Any) -> Shown:
        """Send a form as it is."""
        async with self.client.post(path, data=data, allow_redirects=follow, **more) as response:
            shown = Shown(response.status, await response.text(), str(response.url.path_qs), response.headers)
        if response.content_type == "text/html":
            self.page = shown
        return shown

    @property
    def cookie(self) -> str:
        """The cookie of the console."""
        return next((each.value for each in self.client.cookie_jar if each.key == "guichet-session"), "")

    @cookie.setter
    def cookie(self, value: str) -> None:
        self.client.cookie_jar.clear()
        self.client.cookie_jar.update_cookies({"guichet-session": value}, self.client._base_url)

    async def come_to_desk(self) -> None:
        """Be there for citizens."""
        await self.open("/console/waiting")
        await self.send("/console/presence", here="yes")

    async def leave(self) -> None:
        """Go away from the desk and close the browser."""
        with suppress(aiohttp.ClientConnectionError):  # the service may have moved meanwhile
            await self.open("/console/waiting")
            await self.send("/console/presence", here="no")
        await self.close()

    async def close(self) -> None:
        """Close the browser."""
        await self.client.close()

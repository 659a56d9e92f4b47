"""The widget's files, as a browser gets them."""

import gzip
import re

import aiohttp
import pytest

from bot.errors import NotFound
from bot.web.assets import read_asset
from tests.service import ROOT

MODULES = sorted(path.name for path in (ROOT / "bot" / "web" / "widget").glob("*.js"))
LIGHT = 25_000
"""Bytes of the whole widget, compressed."""


def test_the_whole_widget_is_light() -> None:
    assert sum(len(read_asset("widget", name).compressed) for name in MODULES) < LIGHT


@pytest.mark.parametrize("name", MODULES)
def test_a_script_loses_its_comments_and_its_layout_and_nothing_else(name: str) -> None:
    source = (ROOT / "bot" / "web" / "widget" / name).read_text("utf-8")
    served = read_asset("widget", name).plain.decode()
    without = re.sub(r"^\s*(//.*|/\*[\s\S]*?\*/)$", "", source, flags=re.MULTILINE)
    # A comment behind code would swallow the line that is joined to it.
    assert not re.search(r"(^|[;,{]\s+)//", without, re.MULTILINE)
    assert re.sub(r"\s", "", served) == re.sub(r"\s", "", without)


async def test_files_come_compressed_and_once(session: aiohttp.ClientSession) -> None:
    async with session.get("/widget/styles.js", headers={"Accept-Encoding": "gzip"}, auto_decompress=False) as first:
        assert first.headers["Content-Encoding"] == "gzip"
        assert b"CSSStyleSheet" in gzip.decompress(await first.read())
        tag = first.headers["ETag"]
    async with session.get("/widget/styles.js", headers={"If-None-Match": tag}) as again:
        assert (again.status, await again.read()) == (304, b"")
    async with session.get("/widget/styles.js", headers={"Accept-Encoding": "identity"}) as plain:
        assert "Content-Encoding" not in plain.headers
        assert b"CSSStyleSheet" in await plain.read()


@pytest.mark.parametrize("name", ["../app.py", "..%2fapp.py", "widget.py", "", ".", "nothing.js", "../demo/index.html"])
def test_nothing_else_of_the_package_is_served(name: str) -> None:
    with pytest.raises(NotFound):
        read_asset("widget", name)


async def test_a_page_that_did_not_change_keeps_its_policy(session: aiohttp.ClientSession) -> None:
    async with session.get("/") as first:
        tag, policy = first.headers["ETag"], first.headers["Content-Security-Policy"]
    async with session.get("/", headers={"If-None-Match": tag}) as again:
        assert again.status == 304
        assert again.headers["Content-Security-Policy"] == policy

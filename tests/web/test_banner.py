"""What the office announces: there as soon as its file is, gone with it, and never in the way."""

import logging
from pathlib import Path

import aiohttp
import pytest

from bot.web.api.banner import LONGEST, announcement
from tests.service import Service


async def test_the_announcement_is_there_as_long_as_its_file(session: aiohttp.ClientSession, service: Service) -> None:
    path = service.data_dir / "banner.yml"

    async def read(language: str) -> object:
        async with session.get(f"/api/banner?language={language}") as response:
            assert response.status == 200
            return (await response.json())["text"]

    assert await read("fr") is None
    path.write_text("fr: L'état civil est fermé jusqu'à midi.\nen: The registry is closed until noon.\n", "utf-8")
    try:
        assert await read("fr") == "L'état civil est fermé jusqu'à midi."
        assert await read("en") == "The registry is closed until noon."
    finally:
        path.unlink()
    assert await read("fr") is None
    async with session.get("/api/banner?language=de") as response:
        assert response.status == 422


async def test_without_english_words_the_french_ones_are_shown(tmp_path: Path) -> None:
    (tmp_path / "banner.yml").write_text("fr: Fermé ce matin.", "utf-8")
    assert await announcement(tmp_path, "en") == "Fermé ce matin."
    (tmp_path / "banner.yml").write_text(f"fr: {'a' * 2000}", "utf-8")
    assert await announcement(tmp_path, "fr") == "a" * LONGEST


@pytest.mark.parametrize("content", ["fr: [", "just words", "- fr", "fr: 3", "\x00", ""])
async def test_a_file_that_makes_no_sense_announces_nothing(
    tmp_path: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "banner.yml").write_text(content, "utf-8")
    with caplog.at_level(logging.WARNING):
        assert await announcement(tmp_path, "fr") is None
    assert "banner.yml" in caplog.text

"""The provider's way in a real browser, which keeps strict cookies from what another site began; accessible pages."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy import update

from bot.conversations.tables import ConversationRow
from bot.db import Database, now
from bot.improvement.samples import Samples, Verdict
from bot.privacy.encryption import Cipher, read_keys
from tests.chromium import chromium
from tests.console.conftest import Office
from tests.console.openid.conftest import settings_of, somebody
from tests.console.provider import Provider
from tests.console.test_rights import Written

expect.set_options(timeout=30_000)


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    running = Provider()
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, provider: Provider) -> Iterator[Office]:
    """An office that has a provider, with two conversations of last week, of which one was judged."""
    running = Office(tmp_path_factory.mktemp("with-provider"), **settings_of(provider))
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(_last_week(running))).result()
    running.start()
    yield running
    running.stop()


async def _last_week(office: Office) -> None:
    database = Database(f"sqlite+aiosqlite:///{office.data_dir / 'guichet.db'}")
    written = Written(database, Cipher(read_keys("", office.data_dir)))
    ids = [await written.conversation(None, "Combien coûte un passeport ?") for _ in range(2)]
    async with database.writing() as session:
        await session.execute(update(ConversationRow).values(created_at=now() - timedelta(days=7)))
    samples = Samples(database, "Europe/Paris")
    await samples.draw()
    await samples.judge(ids[0], "tess", Verdict.BAD, "Le prix manque.")
    await database.close()


def _accessible(page: Page) -> None:
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth"), page.url


def test_somebody_signs_in_at_the_provider_judges_a_conversation_and_leaves(
    office: Office, provider: Provider, tmp_path: Path
) -> None:
    provider.who = somebody("marie", "Guichet Admins")
    complaints: list[str] = []
    with chromium() as browser:
        context = browser.new_context(locale="fr-FR", viewport={"width": 360, "height": 740})
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.goto(f"{office.url}/console/samples")
        _accessible(page)
        page.screenshot(path=tmp_path / "login.png", full_page=True)
        page.get_by_role("link", name="Se connecter avec l'agglomération").press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Relecture en aveugle")
        assert page.url.startswith(f"{office.url}/console/samples")
        _accessible(page)
        page.screenshot(path=tmp_path / "samples.png", full_page=True)
        assert "Le prix manque" not in page.content()
        for place in range(2):
            page.goto(f"{office.url}/console/samples")
            page.locator('main a[href^="/console/samples/"]').nth(0).click()
            page.get_by_label("Bonne").check()
            _accessible(page)
            page.screenshot(path=tmp_path / f"sample-{place}.png", full_page=True)
            page.get_by_role("button", name="Enregistrer").press("Enter")
            expect(page.get_by_role("status").first).to_contain_text("Votre avis est enregistré")
        expect(page.get_by_text("Avis différents (1)")).to_be_visible()
        _accessible(page)
        page.screenshot(path=tmp_path / "samples-judged.png", full_page=True)
        page.locator("summary", has_text="Menu").press("Enter")
        page.get_by_role("button", name="Se déconnecter").click()
        page.wait_for_url(f"{office.url}/console/login")
        assert provider.signed_out == 1
        page.goto(f"{office.url}/console")
        expect(page.get_by_role("heading", level=1)).to_have_text("Connexion")
    assert complaints == []

"""A hundred messages labelled in a real browser, with keys alone, at the pace of a person.

    python -m tests.benchmarks.labelling [--messages N]

Sentences of the frozen set, whose meaning is known, are written into a log as the product's classifier (support
vectors, trained on the product's data) understands them, and harvested. The script reads each (two seconds and a second
for 25 characters), takes two more when it has to look for another meaning, types a key in 150 ms, and answers with what
is known to be right. What is measured is what the page adds: keys, and the wait for the next message; and how much of
that wait is the server's, for taking the answer and for the next message.
"""

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Page, Request, expect
from sqlalchemy import update

from bot.db import Database, now
from bot.engine.project import examples_by_intent
from bot.learning.evaluation_set import read_evaluation_set
from bot.learning.harvest import Harvest
from bot.learning.inbox_tables import GroupRow
from bot.learning.intent_names import intent_names
from bot.privacy.encryption import Cipher, read_keys
from tests.chromium import chromium
from tests.console.conftest import PASSWORD, Office, _people, with_accounts
from tests.learning.log import Log

from .learning import ROOT, Linear

READ, LETTERS_A_SECOND, SEARCH, KEY = 2.0, 25, 2.0, 0.15
UNSURE = 0.4
"""Confidence below which the assistant says that it did not understand (config.yml)."""


async def fill(database: Database, cipher: Cipher, most: int) -> dict[str, str]:
    """Write the log and harvest it; return the meanings by their texts."""
    rows = [(text, intent) for intent, texts in examples_by_intent(ROOT).items() for text in dict.fromkeys(texts)]
    classifier = Linear.fit([text for text, _ in rows], [intent for _, intent in rows])
    names = intent_names()
    cases = [case for case in read_evaluation_set(ROOT / "tests/understanding").frozen if case.intent in names]
    log = Log(database, cipher)
    truth: dict[str, str] = {}
    for case, row in zip(cases, classifier.probabilities([case.text for case in cases]), strict=True):
        ranking = [(classifier.intents[i], float(row[i])) for i in (-row).argsort()[:4]]
        best, sure = ranking[0]
        if sure < 0.6 and len(truth) < most:
            truth[" ".join(case.text.split())] = case.intent
            intent = "?" if sure < UNSURE else best
            # The engine says the best one among the others when it was not sure.
            others = ranking if intent == "?" else ranking[1:]
            await log.talk((case.text, intent, sure), at=now() - timedelta(hours=2), second=others)
    await Harvest(database, lambda text: text).run()
    async with database.writing() as session:
        await session.execute(update(GroupRow).values(twice=False))
    return truth


def label(page: Page, truth: dict[str, str], most: int) -> None:
    """Label, and print what it took."""
    names = intent_names()
    server: dict[str, list[float]] = {"POST": [], "GET": []}
    page.on("requestfinished", lambda request: heard(request, server))
    keys, waits, reading, typing, begun = [], [], [], [], time.monotonic()
    ways = {"first suggestion": 0, "another suggestion": 0, "looked for": 0, "nothing to learn": 0}
    for _ in range(most):
        shown = time.monotonic()
        asked = page.locator(".asked")
        if not asked.count():
            break
        text = " ".join((asked.text_content() or "").split())
        wanted = truth.get(text)
        offered = page.locator(".meanings button").evaluate_all("found => found.map(each => each.value)")
        # What the script itself takes to look at the page is a part of the reading.
        time.sleep(max(0.0, shown + READ + len(text) / LETTERS_A_SECOND - time.monotonic()))
        if wanted is None:
            way, typed = "nothing to learn", ["x"]
        elif wanted in offered:
            place = offered.index(wanted)
            way, typed = ("another suggestion", [str(place + 1)]) if place else ("first suggestion", ["Enter"])
        else:
            time.sleep(SEARCH)
            way, typed = "looked for", ["o", *names[wanted].name["fr"][:14], "Enter"]
        ways[way] += 1
        read = time.monotonic()
        reading.append(read - shown)
        keys.append(len(typed))
        for key in typed:
            time.sleep(KEY)
            # A letter with an accent has no key of its own on the browser's keyboard: it is typed as it stands.
            (page.keyboard.press if len(key) > 1 else page.keyboard.type)(key)
        pressed = time.monotonic()
        typing.append(pressed - read)
        expect(page.locator(".asked", has_text=text)).to_have_count(0)
        page.wait_for_load_state("domcontentloaded")
        waits.append(time.monotonic() - pressed)
    took = time.monotonic() - begun
    each = took / len(keys)
    print(f"{len(keys)} messages in {took / 60:.1f} min, {each:.1f} s each: {100 * each / 60:.1f} min for a hundred")
    print(", ".join(f"{name}: {count}" for name, count in ways.items()))
    print(f"keys a message: median {statistics.median(keys)}, mean {statistics.mean(keys):.1f}")
    print(f"a message: read {statistics.mean(reading):.1f} s, keys {statistics.mean(typing):.1f} s")
    print(f"wait for the next message: median {statistics.median(waits):.2f} s, longest {max(waits):.2f} s")
    for method, name in (("POST", "the answer"), ("GET", "the next message")):
        took_ms = server[method]
        print(
            f"of it the server, for {name}: median {statistics.median(took_ms):.0f} ms, longest {max(took_ms):.0f} ms"
        )
    print(f"load of the machine: {os.getloadavg()[0]:.1f}, cores: {os.cpu_count()}")


def heard(request: Request, server: dict[str, list[float]]) -> None:
    """Note how long the gateway took to answer a request of the inbox, in milliseconds."""
    if "/console/inbox" in request.url:
        server[request.method].append(request.timing["responseStart"] - request.timing["requestStart"])


def main() -> None:
    """Start a gateway of its own, fill its inbox, and label."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=100)
    options = parser.parse_args()
    expect.set_options(timeout=60_000)
    with tempfile.TemporaryDirectory() as folder:
        office = Office(Path(folder))
        with_accounts(office, _people)

        async def prepare() -> dict[str, str]:
            database = Database(f"sqlite+aiosqlite:///{office.data_dir / 'guichet.db'}")
            try:
                return await fill(database, Cipher(read_keys("", office.data_dir)), 2 * options.messages)
            finally:
                await database.close()

        with ThreadPoolExecutor(1) as pool:
            truth = pool.submit(lambda: asyncio.run(prepare())).result()
        print(json.dumps({"messages in the inbox": len(truth)}))
        office.start()
        try:
            with chromium() as browser:
                page = browser.new_context(locale="fr-FR").new_page()
                page.goto(f"{office.url}/console/login")
                page.get_by_label("Identifiant").fill("tess")
                page.get_by_label("Mot de passe").fill(PASSWORD)
                page.keyboard.press("Enter")
                expect(page.get_by_role("heading", level=1)).to_contain_text("Bonjour")
                page.goto(f"{office.url}/console/inbox")
                label(page, truth, options.messages)
        finally:
            office.stop()


if __name__ == "__main__":
    main()

"""What a turn costs as the conversation grows: on our tracker store and on Rasa's own `SQLTrackerStore`, in one run.

The same model, actions and messages, in one process, each store on an SQLite file of its own. A turn is all that the
engine does for a message: understanding it, deciding, acting, and writing. Rasa's store is given a full address: with
the SQLAlchemy of today it cannot build one from its parts. Memory is the most that Python allocated during one turn
(tracemalloc), read on turns that are not timed. The time of the processor is told beside that of the clock: on a
machine that does other work it is the one to read.
"""

import argparse
import asyncio
import statistics
import tempfile
import tracemalloc
import warnings
from pathlib import Path
from time import perf_counter, process_time

from rich import box
from rich.console import Console
from rich.table import Table

from actions.desk import open_desk
from bot.conversations.notice import opening
from bot.conversations.opening import first_state
from bot.conversations.turn import Turn, opened
from bot.db import Database
from bot.engine.train import prepare_rasa
from bot.learning.models import current_model
from bot.migrations import upgrade
from bot.settings import Settings

prepare_rasa()
warnings.simplefilter("ignore")

from rasa.core.agent import Agent  # noqa: E402 - Rasa is importable once it is prepared
from rasa.core.channels.channel import UserMessage  # noqa: E402
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore  # noqa: E402

from bot.conversations.tracker_store import LogTrackerStore, rebuild  # noqa: E402
from bot.engine.actions_in_process import ActionsInProcess  # noqa: E402
from bot.engine.channel import Collector  # noqa: E402
from bot.engine.load import load_agent, understand  # noqa: E402

from . import questions  # noqa: E402

TEXTS = ("combien coûte un passeport ?", "et pour mon fils de 8 ans ?", "quels papiers ?", "c'est long ?", "bonjour")
LOOKED_AT = (5, 50, 200, 500)
AROUND = 4
"""Turns on each side of one that is looked at: the median of them all is told, and two more give the memory."""

Figures = dict[int, tuple[float, float, float]]
"""Turn: milliseconds of the clock, of the processor, megabytes."""


async def play(agent: Agent, store: TrackerStore, conversation_id: str, turns: int) -> Figures:
    """Play a conversation and return what its turns cost."""
    agent.processor.tracker_store = store
    times: dict[int, tuple[float, float]] = {}
    memory: dict[int, float] = {}
    looked_at = [turn for turn in LOOKED_AT if turn <= turns]
    for number in range(1, max(looked_at) + AROUND + 3):
        weighed = any(number - looked in (AROUND + 1, AROUND + 2) for looked in looked_at)
        if weighed:
            tracemalloc.start()
        started = perf_counter(), process_time()
        await answer(agent, conversation_id, f"m{number}", TEXTS[number % len(TEXTS)])
        times[number] = (perf_counter() - started[0]) * 1000, (process_time() - started[1]) * 1000
        if weighed:
            memory[number] = tracemalloc.get_traced_memory()[1] / 2**20
            tracemalloc.stop()
    around = {n: range(max(1, n - AROUND), n + AROUND + 1) for n in looked_at}
    return {
        looked: (
            statistics.median(times[n][0] for n in around[looked]),
            statistics.median(times[n][1] for n in around[looked]),
            max(memory[looked + AROUND + 1], memory[looked + AROUND + 2]),
        )
        for looked in looked_at
    }


async def answer(agent: Agent, conversation_id: str, message_id: str, text: str) -> None:
    """Answer one message, as the engine does."""
    collector = Collector()
    turn = Turn(conversation_id, message_id, text, parse=understand(agent, text), messages=collector.messages)
    message = UserMessage(text, collector, conversation_id, parse_data=turn.parse, message_id=message_id)
    with opened(turn):
        await agent.processor.handle_message(message)
    if turn.failure is not None:
        raise turn.failure


async def bench(turns: int) -> None:
    """Measure both, ours first, and print the table."""
    with tempfile.TemporaryDirectory() as temporary:
        settings = Settings(data_dir=Path(temporary), catalogue_dir=questions.ROOT / "data")
        database = Database(settings.database)
        await upgrade(database)
        desk = open_desk(settings, database)
        agent = load_agent(current_model(questions.ROOT / "models"), ActionsInProcess("actions"))
        conversations = [(await desk.conversations.open("fr", None, opening("fr")))[0] for _ in range(3)]
        ours = LogTrackerStore(agent.domain, desk.conversations, lambda text: text)
        await play(agent, ours, conversations[0], 5)  # what is loaded on first use is nobody's cost
        first = await play(agent, ours, conversations[1], turns)
        theirs = SQLTrackerStore(agent.domain, host=f"sqlite:///{temporary}/rasa.db")
        await theirs.save(rebuild(conversations[2], first_state("fr"), agent.domain))
        second = await play(agent, theirs, conversations[2], turns)
        await database.close()
    printed = Table("turn", box=box.MARKDOWN)
    for unit in ("ms", "ms of processor", "MB"):
        for title in (f"ours, {unit}", f"Rasa's, {unit}", "ratio"):
            printed.add_column(title, justify="right")
    for turn, mine in first.items():
        pairs = zip(mine, second[turn], strict=True)
        cells = [cell for own, other in pairs for cell in (f"{own:.3g}", f"{other:.3g}", f"{other / own:.1f}")]
        printed.add_row(str(turn), *cells)
    last, least = max(first), min(first)
    growth = ", ".join(f"{late / early:.2f}" for late, early in zip(first[last], first[least], strict=True))
    console = Console(width=120)
    console.print(printed)
    console.print(f"Ours, turn {last} over turn {least}: {growth} (clock, processor, memory).")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=max(LOOKED_AT), help="turns of each conversation")
    asyncio.run(bench(parser.parse_args().turns))


if __name__ == "__main__":
    main()

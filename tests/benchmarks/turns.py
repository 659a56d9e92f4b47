"""What a turn costs as the conversation grows: on our tracker store and on Rasa's own `SQLTrackerStore`, in one run.

The same model, actions and messages, in one process, each store on an SQLite file of its own. A turn is all that the
engine does for a message: understanding it, deciding, acting, and writing. The conversations are first brought to their
places; then one turn of each is played after another, so that a busy moment of the machine weighs on all alike. Rasa's
store is given a full address: with the SQLAlchemy of today it cannot build one from its parts. Memory is the most that
Python allocated during one turn (tracemalloc), read on a turn that is not timed. The time of the processor is told
beside that of the clock: on a machine that does other work it is the one to read.
"""

import argparse
import asyncio
import statistics
import tempfile
import tracemalloc
import warnings
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
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
"""Turns on each side of one that is looked at: the median of them all is told, and one more gives the memory."""
SETS = 5
"""Conversations of ours at each place; of Rasa's one, for it takes minutes to bring one to its 500th turn."""

Figures = dict[int, tuple[float, float, float]]
"""Turn: milliseconds of the clock, of the processor, megabytes."""


@dataclass
class Place:
    """A conversation that is brought to a turn, and what its turns around it cost."""

    store: TrackerStore
    conversation_id: str
    turn: int
    played: int = 0
    clock: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    megabytes: float = 0.0

    async def bring(self, agent: Agent) -> None:
        """Play until the turns that are looked at."""
        while self.played < max(0, self.turn - AROUND - 1):
            await self._play(agent)

    async def time(self, agent: Agent) -> None:
        """Play one turn on the clock."""
        started = perf_counter(), process_time()
        await self._play(agent)
        self.clock.append((perf_counter() - started[0]) * 1000)
        self.processor.append((process_time() - started[1]) * 1000)

    async def weigh(self, agent: Agent) -> None:
        """Play one turn while its memory is counted."""
        tracemalloc.start()
        await self._play(agent)
        self.megabytes = tracemalloc.get_traced_memory()[1] / 2**20
        tracemalloc.stop()

    async def _play(self, agent: Agent) -> None:
        self.played += 1
        agent.processor.tracker_store = self.store
        await answer(agent, self.conversation_id, f"m{self.played}", TEXTS[self.played % len(TEXTS)])


async def measured(agent: Agent, places: Sequence[Place]) -> None:
    """Bring every conversation to its place, then play one turn of each after another."""
    for place in places:
        await place.bring(agent)
    for _ in range(2 * AROUND + 1):
        for place in places:
            await place.time(agent)
    for place in places:
        await place.weigh(agent)


def figures(places: Iterable[Place]) -> Figures:
    """Return the medians of the conversations at each turn, and the most memory."""
    at: defaultdict[int, list[Place]] = defaultdict(list)
    for place in places:
        at[place.turn].append(place)
    return {
        turn: (
            statistics.median(ms for place in group for ms in place.clock),
            statistics.median(ms for place in group for ms in place.processor),
            max(place.megabytes for place in group),
        )
        for turn, group in sorted(at.items())
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
    """Measure both and print the table."""
    looked_at = [turn for turn in LOOKED_AT if turn <= turns]
    with tempfile.TemporaryDirectory() as temporary:
        settings = Settings(data_dir=Path(temporary), catalogue_dir=questions.ROOT / "data")
        database = Database(settings.database)
        await upgrade(database)
        desk = open_desk(settings, database)
        agent = load_agent(current_model(questions.ROOT / "models"), ActionsInProcess("actions"))
        ours = LogTrackerStore(agent.domain, desk.conversations, lambda text: text)
        theirs = SQLTrackerStore(agent.domain, host=f"sqlite:///{temporary}/rasa.db")

        async def begun(turn: int, store: TrackerStore) -> Place:
            conversation_id, _, _ = await desk.conversations.open("fr", None, opening("fr"))
            if store is theirs:
                await theirs.save(rebuild(conversation_id, first_state("fr"), agent.domain))
            return Place(store, conversation_id, turn)

        # What is loaded on first use is nobody's cost.
        await (await begun(20, ours)).bring(agent)
        mine = [await begun(turn, ours) for turn in looked_at for _ in range(SETS)]
        others = [await begun(turn, theirs) for turn in looked_at]
        await measured(agent, [*mine, *others])
        await database.close()
    first, second = figures(mine), figures(others)
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

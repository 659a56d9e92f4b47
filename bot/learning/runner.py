"""Does a training run, from the harvest of the log to the comparison of both models.

Each step can be done again: a process that takes over a run after a crash begins the step that was under way anew,
and a challenger that was trained whole is not trained twice.
"""

import asyncio
import logging
import secrets
import shutil
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.db import Database
from bot.errors import Failed, GuichetError, Misconfigured
from bot.learning import dataset
from bot.learning.comparison import Change
from bot.learning.dataset import Dataset, utterance
from bot.learning.examples import ExampleState, ExampleStore
from bot.learning.harvest import Harvest
from bot.learning.models import Card, current_model, delete, forget_words, promote, read_card, write_card
from bot.learning.nlu_file import difference, read_nlu, write_nlu
from bot.learning.runs import LostRun, Run, RunState, RunStore
from bot.learning.subprocess_step import run_step
from bot.settings import Settings

logger = logging.getLogger(__name__)

HEARTBEAT = 1.0
"""Seconds between two looks whether the run was cancelled; each renews the lease."""
ROOM = 3
"""Times the champion's size that must be free on the disk: the archive, and what Rasa writes to make it."""
LEAST_ROOM = 200 * 2**20
LOGS_KEPT = 20

Step = Callable[..., Awaitable[dict[str, Any]]]


class CancelledRun(Exception):
    """Somebody asked to cancel the run."""


class Runner:
    """Does the training runs of a database, one at a time.

    Args:
        settings: where models, examples and cases are.
        database: where the runs are.
        project: the folder of config.yml, domain.yml and data/.
        step: runs one step in a process of its own.
    """

    def __init__(
        self, settings: Settings, database: Database, project: Path = Path(), *, step: Step = run_step
    ) -> None:
        self._settings = settings
        self._database = database
        self._project = project
        self._step = step
        self._examples = ExampleStore(database)
        self._harvest = Harvest.of(settings, database)
        self.store = RunStore(database)
        self._holder = secrets.token_hex(8)

    async def run_waiting(self) -> Run | None:
        """Do the run that waits, or that a dead process left; return how it ended, or None when there was none."""
        run = await self.store.take(self._holder)
        return None if run is None else await self._do(run)

    async def forget_withdrawn(self) -> int:
        """Take out of the file of examples what is no longer accepted or known, and return how many lines that were.

        What was accepted meanwhile comes with the next run. The words of erased examples leave the cards of models and
        the remarks of runs as well.
        """
        examples = await self._examples.all()
        known = {each.text for each in examples}
        await self.store.forget_words(known)
        await asyncio.to_thread(forget_words, self._settings.models_dir, known)
        path = self._settings.learned_file
        if not path.is_file():
            return 0
        accepted = {utterance(each) for each in examples if each.state is ExampleState.ACCEPTED}
        written = await asyncio.to_thread(read_nlu, path)
        known = dataset.intents_of(self._project)
        kept = [each for each in written if each in accepted and each.intent in known]
        if len(kept) != len(written):
            await asyncio.to_thread(write_nlu, kept, path)
        return len(written) - len(kept)

    async def _do(self, run: Run) -> Run:
        end = RunState.FAILED
        values: dict[str, Any] = {}
        try:
            end = await self._with_heartbeat(run)
        except CancelledRun:
            end = RunState.CANCELLED
        except LostRun:
            logger.warning("training run %d was taken over by another process", run.id)
            return await self.store.get(run.id)
        except GuichetError as error:
            values["error"] = error.message[:500]
        except OSError as error:
            values["error"] = f"{error.strerror or type(error).__name__}: make room or mend it, and start again."[:500]
        if end in (RunState.CANCELLED, RunState.FAILED) and (begun := await self.store.get(run.id)).challenger:
            delete(self._settings.models_dir / begun.challenger)
        await self.store.end(run.id, self._holder, end, **values)
        return await self.store.get(run.id)

    async def _with_heartbeat(self, run: Run) -> RunState:
        work = asyncio.ensure_future(self._steps(run))
        try:
            while not work.done():
                await asyncio.wait({work}, timeout=HEARTBEAT)
                if not work.done() and await self.store.step(run.id, self._holder):
                    raise CancelledRun
            return work.result()
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)

    async def _steps(self, run: Run) -> RunState:
        await self._enter(run, RunState.HARVESTING)
        # What is brought in now is labelled before the next run: this one says how much waits for it.
        brought = await self._harvest.run()
        await self._enter(run, RunState.PREPARING)
        data = await self._dataset()
        champion = current_model(self._settings.models_dir)
        card = read_card(champion)
        report: dict[str, Any] = {
            "harvested": brought.messages,
            "learned": len(data.learned),
            "written": data.written,
            "findings": [asdict(each) for each in data.findings],
        }
        if card.data == data.checksum:
            await self._enter(run, RunState.UNCHANGED, report=report, checksum=data.checksum, champion=champion.name)
            return RunState.UNCHANGED
        self._check_room(champion)
        # Without a pointer the newest archive serves: the challenger would, at the next start.
        promote(self._settings.models_dir, champion.name)
        changed = self._write_learned(data)
        archive = self._settings.models_dir / (
            run.challenger or f"guichet-{time.strftime('%Y%m%d-%H%M%S')}-run{run.id}.tar.gz"
        )
        known = {"checksum": data.checksum, "project": data.project, "champion": champion.name}
        await self._enter(run, RunState.TRAINING, **known, challenger=archive.name, report=report)
        if not self._is_whole(archive, data):
            await self._train(run, archive, data, changed, card.seconds)
        await self._enter(run, RunState.EVALUATING)
        told = await self._run(
            run,
            {
                "step": "compare",
                "champion": champion.name,
                "challenger": archive.name,
                "messages": await self.store.last_messages(),
                "newer": await self._newer_than(card),
            },
        )
        if (await self._dataset()).project != data.project:
            raise Failed(
                "The project (intents, rules, catalogue or training data) changed while the model was trained: the "
                "model is discarded, start again.",
                code="project-changed",
            )
        write_card(archive, replace(read_card(archive), metrics=told["comparison"]["challenger"]))
        await self.store.keep_changes(run.id, [Change.of(each) for each in told["changes"]])
        await self.store.step(run.id, self._holder, report=report | {"comparison": told["comparison"]})
        return RunState.EVALUATED

    async def _dataset(self) -> Dataset:
        return await dataset.of_today(self._settings, self._database, self._project)

    async def _newer_than(self, champion: Card) -> list[str]:
        """Return the accepted examples that a model did not learn, for they came after its training began."""
        began = datetime.fromisoformat(champion.trained_at) - timedelta(seconds=champion.seconds)
        return sorted(
            {each.text for each in await self._examples.all(ExampleState.ACCEPTED) if each.accepted_at > began}
        )

    def _write_learned(self, data: Dataset) -> list[str]:
        path = self._settings.learned_file
        before = read_nlu(path) if path.is_file() else []
        write_nlu(data.learned, path)
        return difference(before, data.learned)

    def _check_room(self, champion: Path) -> None:
        needed = max(LEAST_ROOM, ROOM * champion.stat().st_size)
        free = shutil.disk_usage(self._settings.models_dir).free
        if free < needed:
            raise Failed(
                f"The disk of {self._settings.models_dir} has {free / 2**20:.0f} MB left and a training needs "
                f"{needed / 2**20:.0f}: make room, and start again.",
                code="disk-full",
            )

    def _is_whole(self, archive: Path, data: Dataset) -> bool:
        try:
            return archive.is_file() and read_card(archive).data == data.checksum
        except Misconfigured:
            return False

    async def _train(self, run: Run, archive: Path, data: Dataset, changed: list[str], usual: float) -> None:
        delete(archive)
        await self._run(run, {"step": "train", "challenger": archive.name, "usual": usual})
        card = read_card(archive)
        write_card(
            archive,
            replace(
                card,
                run=run.id,
                data=data.checksum,
                project=data.project,
                learned=len(data.learned),
                by=run.asked_by,
                changed=changed,
            ),
        )

    async def _enter(self, run: Run, state: RunState, **values: Any) -> None:
        if await self.store.step(run.id, self._holder, state=state, done=0.0, **values):
            raise CancelledRun

    async def _run(self, run: Run, request: dict[str, Any]) -> dict[str, Any]:
        async def tell(done: float) -> None:
            if done >= 0:
                await self.store.step(run.id, self._holder, done=done)

        folder = self._settings.data_dir / "training"
        for old in sorted(folder.glob("run-*.log"), key=lambda path: path.stat().st_mtime)[:-LOGS_KEPT]:
            old.unlink(missing_ok=True)
        return await self._step(request, folder / f"run-{run.id}.log", tell)

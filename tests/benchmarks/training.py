"""What citizens feel of a training run: how long answers take before and during it, and how long a rollback takes.

    python -m tests.benchmarks.training [--seconds N] [--swaps N] [--no-run]

The service runs with a copy of the models. One citizen asks a question after another, first alone, then while a run
goes on from harvest to comparison; then the challenger is put in service and taken out again, several times, by the
commands that an operator types, while the citizen goes on. With --no-run, nothing is trained: a copy of the champion
is the challenger. Memory is that of all processes of the service, shared pages counted once. An answer that fails
stops the benchmark.
"""

import argparse
import asyncio
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from itertools import cycle
from pathlib import Path

from bot.db import Database
from bot.learning.models import current_model, promote, read_card, write_card
from bot.learning.runs import RunStore

from .service import Ours, running

ROOT = Path(__file__).parents[2]
PAUSE = 0.2
"""Seconds between an answer and the next question."""
TWICE = 2.0
Times = dict[str, list[float]]


async def talk(service: Ours, phase: list[str], times: Times, stop: asyncio.Event) -> None:
    """Ask questions one after the other, and note how long each answer took under the name of the phase."""
    lines = (ROOT / "tests/understanding/frozen.jsonl").read_text(encoding="utf-8").splitlines()
    for number, text in enumerate(cycle([json.loads(line)["text"] for line in lines])):
        if stop.is_set():
            return
        if number % 5 == 0:
            sender = f"citizen {number}"
            await service.begin(sender)
        during, started = phase[0], time.perf_counter()
        await service.send(sender, text)
        times[during].append(1000 * (time.perf_counter() - started))
        await asyncio.sleep(PAUSE)


async def command(models: Path, data: Path, *words: str) -> float:
    """Run a command of `guichet` and return how many seconds it took, from start to end of its process."""
    environment = os.environ | {"GUICHET_MODELS_DIR": str(models), "GUICHET_DATA_DIR": str(data)}
    started = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *words), cwd=ROOT, env=environment, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"guichet {' '.join(words)} ended with {process.returncode}: {said.decode()}")
    return time.perf_counter() - started


async def train(runs: RunStore, phase: list[str], talking: asyncio.Task[None]) -> str:
    """Have a model trained and compared, and return its name."""
    asked = await runs.ask("benchmark")
    while (run := await runs.get(asked.id)).active and not talking.done():
        phase[0] = f"run: {run.state}"
        await asyncio.sleep(0.2)
    if run.error:
        raise RuntimeError(run.error)
    return run.challenger


def copied(models: Path) -> str:
    """Copy the champion under another name, and return it."""
    champion, challenger = current_model(models), models / "copy.tar.gz"
    shutil.copy(champion, challenger)
    write_card(challenger, read_card(champion))
    promote(models, champion.name)
    return challenger.name


async def measure(folder: Path, seconds: float, swaps: int, *, run: bool) -> None:
    """Measure and print."""
    models, data = folder / "models", folder / "var"
    shutil.copytree(ROOT / "models", models, ignore=shutil.ignore_patterns("in-service", "history"))
    phase, times = ["alone"], defaultdict(list)
    stop = asyncio.Event()
    took: dict[str, list[float]] = defaultdict(list)
    memory: dict[str, float] = {}
    async with running(ROOT, data, models) as service:
        talking = asyncio.create_task(talk(service, phase, times, stop))
        await asyncio.sleep(seconds)
        memory["before"] = service.pss_mb
        database = Database(f"sqlite+aiosqlite:///{data / 'guichet.db'}")
        challenger = await train(RunStore(database), phase, talking) if run else copied(models)
        await database.close()
        before = current_model(models).name
        for _ in range(swaps):
            for name, words in (
                ("promotion", ("promote", challenger, "--reason", "measured by the benchmark")),
                ("rollback", ("rollback",)),
            ):
                phase[0] = name
                took[name].append(await command(models, data, "models", *words))
        assert current_model(models).name == before
        phase[0] = "alone, afterwards"
        await asyncio.sleep(seconds)
        memory["afterwards"] = service.pss_mb
        stop.set()
        await talking
    usual = _middle_and_high([*times["alone"], *times["alone, afterwards"]])
    print("| while | answers | median, ms | 95th percentile, ms | beside usual |")
    print("| --- | --- | --- | --- | --- |")
    for name, found in times.items():
        middle, high = _middle_and_high(found)
        print(f"| {name} | {len(found)} | {middle:.1f} | {high:.1f} | {middle / usual[0]:.2f}, {high / usual[1]:.2f} |")
    if run:
        middle, high = _middle_and_high([each for name, found in times.items() if name[:4] == "run:" for each in found])
        ratios = middle / usual[0], high / usual[1]
        twice = "under" if max(ratios) < TWICE else "NOT under"
        print(f"during the run {ratios[0]:.2f} (median) and {ratios[1]:.2f} (95th percentile) times: {twice} twice")
    for name, spent in took.items():
        print(f"{name}, the whole command: median {statistics.median(spent):.1f} s, longest {max(spent):.1f} s")
    print(", ".join(f"memory {name}: {each:.0f} MB" for name, each in memory.items()))
    print(f"load of the machine: {os.getloadavg()[1]:.1f}, cores: {os.cpu_count()}")


def _middle_and_high(found: list[float]) -> tuple[float, float]:
    return statistics.median(found), sorted(found)[int(0.95 * len(found))]


def main() -> None:
    """Measure in a folder that goes afterwards."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=30.0, help="of the citizen alone, before and after")
    parser.add_argument("--swaps", type=int, default=5, help="promotions, each with its rollback")
    parser.add_argument("--no-run", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GUICHET_LEARNED_FILE"] = str(Path(folder) / "learned.yml")
        asyncio.run(measure(Path(folder), options.seconds, options.swaps, run=not options.no_run))


if __name__ == "__main__":
    main()

"""`make bench`: ours and plain Rasa side by side, on the same machine, in the same run.

Plain Rasa is installed in an environment of its own (`var/bench/plain-rasa`) with its own pins and default pipeline.
It trains on a sample of our training data: on all of it DIET would take the better part of an hour. Ours trains on all.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

from bot.supervisor import free_port

from . import intents_peer, measure, peer, questions, widget
from .service import running

ROOT = questions.ROOT
BENCH = ROOT / "var" / "bench"
TEXTS = (
    "Bonjour",
    "Quels papiers pour refaire mon passeport ?",
    "et pour mon fils de 8 ans ?",
    "Combien ça coûte ?",
    "où faire ma carte d'identité",
    "je voudrais parler à quelqu'un",
    "how long does it take to get a driving licence",
    "merci beaucoup",
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=400, help="messages timed for each product")
    parser.add_argument("--examples", type=int, default=20, help="examples an intent that plain Rasa trains on")
    parser.add_argument("--ours-only", action="store_true", help="leave plain Rasa out")
    options = parser.parse_args()
    asyncio.run(bench(options.messages, options.examples, options.ours_only))


async def bench(messages: int, examples: int, ours_only: bool) -> None:
    """Measure both, ours first, and print the tables."""
    with tempfile.TemporaryDirectory() as temporary:
        ours = await _ours(Path(temporary), messages)
        other = None if ours_only else await _peer(Path(temporary), messages, examples)
    rows = [
        measure.Row(name, unit, ours[name], other[name] if other else None, better)
        for name, unit, better in (
            ("training", "s", "lower"),
            ("time to ready", "s", "lower"),
            ("memory of all processes", "MB", "lower"),
            ("shared pages counted once", "MB", "lower"),
            ("disk of the libraries", "MB", "lower"),
            ("median of an answer", "ms", "lower"),
            ("95th percentile", "ms", "lower"),
            ("one citizen", "messages/s", "higher"),
            ("16 citizens at once", "messages/s", "higher"),
        )
    ]
    measure.table(rows)
    Console().print(widget.report())


async def _ours(folder: Path, messages: int) -> dict[str, float]:
    models = folder / "models"
    started = time.perf_counter()
    training = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "train"),
        cwd=ROOT,
        env=dict(os.environ, GUICHET_MODELS_DIR=str(models), GUICHET_DATA_DIR=str(folder / "var")),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    if await training.wait():
        sys.exit("`guichet train` failed; run it to see why.")
    seconds = time.perf_counter() - started
    # The first start makes the database; the second is what an operator sees every day.
    async with running(ROOT, folder / "var", models):
        pass
    async with running(ROOT, folder / "var", models) as ours:
        figures = await _talk(ours.send, ours.begin, messages)
        if questions.shared_data().is_dir():
            print(questions.report(*await questions.measure(ours.url, questions.shared_data())), "\n")
        else:
            print(f"The shared data are not at {questions.shared_data()}: the real questions were not asked.\n")
        memory, together = ours.rss_mb, ours.pss_mb
    libraries = Path(sys.prefix)
    return figures | {
        "training": seconds,
        "time to ready": ours.seconds_to_ready,
        "memory of all processes": memory,
        "shared pages counted once": together,
        "disk of the libraries": measure.disk_mb(libraries),
    }


async def _peer(folder: Path, messages: int, examples: int) -> dict[str, float] | None:
    environment = peer.install(BENCH)
    if isinstance(environment, peer.Unavailable):
        print(f"Plain Rasa cannot be installed here ({environment.reason}): ours is measured alone.\n")
        return None
    sample = intents_peer.sample_of(examples)
    project = peer.project([intents_peer.write_nlu(sample, folder / "nlu.yml")], folder / "plain")
    print(f"Plain Rasa trains on {examples} examples an intent; this takes some minutes.", flush=True)
    trained = peer.train(environment, project)
    async with peer.serve(environment, project, free_port("127.0.0.1")) as served:

        async def begin(sender: str) -> object:
            return await served.talk(sender, "bonjour")

        figures = await _talk(served.talk, begin, messages)
        measure.table(await intents_peer.rows(sample, trained, served))
        return figures | {
            "training": trained.seconds,
            "time to ready": served.seconds_to_ready,
            "memory of all processes": served.rss_mb,
            "shared pages counted once": served.pss_mb,
            "disk of the libraries": environment.disk_mb,
        }


async def _talk(send: measure.Send, begin: measure.Begin, messages: int) -> dict[str, float]:
    alone = await measure.latencies(send, TEXTS, n=messages, warmup=40, begin=begin)
    return {
        "median of an answer": alone.median_ms,
        "95th percentile": alone.p95_ms,
        "one citizen": await measure.throughput(send, TEXTS, clients=1, n=messages, begin=begin),
        "16 citizens at once": await measure.throughput(send, TEXTS, clients=16, n=2 * messages, begin=begin),
    }


if __name__ == "__main__":
    main()

"""The intent classifier beside plain Rasa's (DIET): the same examples of ours to learn from, the same frozen set.

    python -m tests.benchmarks.intents_peer --examples 40

Both get so many examples an intent of `data/nlu/` (0: all of them, which takes plain Rasa the better part of an hour)
and are asked each sentence of `tests/understanding/frozen.jsonl`. Plain Rasa's best intent counts even where its
fallback steps in front of it, so that it is not punished for being unsure. `make bench` does the same with the model
that it has trained for its other figures.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml
from sklearn.metrics import accuracy_score, f1_score

from bot.engine.project import examples_by_intent
from bot.supervisor import free_port
from bot.understanding.evaluation import Row, read_rows

from . import measure, peer

ROOT = Path(__file__).parents[2]
FROZEN = ROOT / "tests" / "understanding" / "frozen.jsonl"
BENCH = ROOT / "var" / "bench"


def main() -> None:
    """Train both, ask both, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=20, help="examples an intent; 0 is all")
    asyncio.run(compare(parser.parse_args().examples))


async def compare(examples: int) -> None:
    """Train and serve plain Rasa for this comparison alone, and print both side by side."""
    environment = peer.install(BENCH)
    if isinstance(environment, peer.Unavailable):
        sys.exit(f"Plain Rasa cannot be installed here ({environment.reason}).")
    sample = sample_of(examples)
    with tempfile.TemporaryDirectory() as temporary:
        project = peer.project([write_nlu(sample, Path(temporary) / "nlu.yml")], Path(temporary) / "plain")
        trained = peer.train(environment, project)
        async with peer.serve(environment, project, free_port("127.0.0.1")) as served:
            measure.table(await rows(sample, trained, served))


def sample_of(examples: int) -> dict[str, list[str]]:
    """Return so many examples of each intent, spread over the files; all of them for 0."""
    return {
        intent: texts[:: max(1, len(texts) // examples)][:examples] if examples else texts
        for intent, texts in examples_by_intent(ROOT).items()
    }


def write_nlu(sample: Mapping[str, Sequence[str]], path: Path) -> Path:
    """Write examples in Rasa's training format, and return the file."""
    blocks = [
        {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)} for intent, texts in sample.items()
    ]
    path.write_text(yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True), "utf-8")
    return path


async def rows(sample: Mapping[str, Sequence[str]], trained: peer.TrainReport, served: peer.Peer) -> list[measure.Row]:
    """Return the lines of the table.

    Args:
        sample: the examples that plain Rasa was trained on; ours is trained on them here.
        trained: what its training cost.
        served: plain Rasa with that model.
    """
    test = [row for row in read_rows(FROZEN) if row["intent"] is not None]
    ours, peak_mb = _ours(sample, test)
    started = time.perf_counter()
    said = await served.parse((row["text"] for row in test), fallback=False)
    milliseconds = 1000 * (time.perf_counter() - started) / len(test)
    truth = [row["intent"] for row in test]
    f1 = f1_score(truth, said, labels=sorted(set(truth)), average="macro", zero_division=0)
    learnt = sum(len(texts) for texts in sample.values())
    print(f"\nThe same {learnt} examples of {len(sample)} intents, the same {len(test)} sentences of the frozen set:\n")
    return [
        measure.Row("accuracy", "", ours["accuracy"], float(accuracy_score(truth, said)), "higher"),
        measure.Row("macro-F1", "", ours["macro_f1"], float(f1), "higher"),
        measure.Row("training", "s", ours["train_seconds"], trained.seconds),
        measure.Row("peak memory of training", "MB", peak_mb, trained.peak_mb),
        measure.Row("a message (plain Rasa over HTTP)", "ms", ours["ms_per_message"], milliseconds),
    ]


def _ours(sample: Mapping[str, Sequence[str]], test: Sequence[Row]) -> tuple[dict[str, float], float]:
    """Return what `guichet eval-intents` says, and the most memory that it took, in MB."""
    with tempfile.TemporaryDirectory() as temporary:
        known = [{"text": text, "intent": intent} for intent, texts in sample.items() for text in texts]
        files = {name: Path(temporary) / name for name in ("train", "test")}
        for name, lines in (("train", known), ("test", test)):
            files[name].write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
        with subprocess.Popen(
            [sys.executable, "-m", "bot", "eval-intents", "--train", str(files["train"]), "--test", str(files["test"])],
            cwd=ROOT,
            stdout=subprocess.PIPE,
        ) as process:
            peak_mb = 0.0
            while process.poll() is None:
                peak_mb = max(peak_mb, measure.rss_mb(process.pid))
                time.sleep(0.2)
            assert process.stdout is not None
            return json.load(process.stdout), peak_mb


if __name__ == "__main__":
    main()

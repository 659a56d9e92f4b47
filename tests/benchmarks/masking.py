"""Measure masking: share found per kind of generated data, time a message, time on hostile texts.

    python -m tests.benchmarks.masking [--count 1000] [--seed 7]

Times are those of one core. Real e-mails are timed when they are there (GUICHET_SHARED_DATA).
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

from bot.privacy.masking import mask
from tests.privacy.seeded import SECRETS, generate
from tests.privacy.test_masking import is_found

SHARED = Path(os.environ.get("GUICHET_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
HOSTILE = (
    *("1 ", "1.", "06 ", "00 1 ", "+1 2", "a@", "ab 12 ", "fr76 ", "bp 12 ", "bat b ", "zero six ", " "),
    *("12 rue de la ", "12 rue a, bp 12, ", "Mme Dupont ", "cordialement\n", "www./a1-"),
)


def milliseconds(texts: list[str], rounds: int = 3) -> float:
    """Return the mean time to mask a text, in milliseconds, the best of a few rounds."""
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        for text in texts:
            mask(text)
        best = min(best, time.perf_counter() - start)
    return best / len(texts) * 1000


def write(line: str) -> None:
    """Write a line of the report."""
    sys.stdout.write(line + "\n")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000, help="messages a kind")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    write(f"{'kind':22} {'found':>7} {'ms':>6}")
    for kind in SECRETS:
        cases = generate(kind, options.count, options.seed)
        found = sum(map(is_found, cases)) / len(cases)
        write(f"{kind:22} {found:7.1%} {milliseconds([case.text for case in cases], 1):6.2f}")
    emails = SHARED / "questions-usagers" / "questions_usagers_dev.jsonl"
    if emails.exists():
        texts = [json.loads(line)["question"] for line in emails.read_text(encoding="utf-8").splitlines()]
        length = sum(map(len, texts)) / len(texts)
        write(f"real e-mails: {len(texts)}, {length:.0f} characters on average, {milliseconds(texts):.2f} ms each")
    hostile = max((milliseconds([(piece * 10_000)[:10_000]], 1), piece) for piece in HOSTILE)
    write(f"worst of {len(HOSTILE)} hostile texts of 10,000 characters: {hostile[0]:.0f} ms ({hostile[1]!r} repeated)")


if __name__ == "__main__":
    main()

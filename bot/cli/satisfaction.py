"""How it went: tone and themes of free words."""

import argparse
from pathlib import Path

from bot.cli.command import Add
from bot.cli.lines import print_json
from bot.settings import Settings


def add(command: Add) -> None:
    """Add these commands."""
    verbatims = command("verbatims", _verbatims, "tone and themes of what people wrote; learn them from labelled rows")
    verbatims.add_argument("what", choices=("analyse", "train"))
    verbatims.add_argument("file", type=Path, metavar="FILE", help="CSV or JSON lines with a column of text")
    verbatims.add_argument("--json", action="store_true", help="an object a line, the summary last")


def _verbatims(settings: Settings, options: argparse.Namespace) -> None:
    from dataclasses import asdict

    from bot.satisfaction import verbatims

    if options.what == "train":
        training = verbatims.train_file(options.file, settings.data_dir)
        if options.json:
            print_json(asdict(training))
            return
        rows = ", ".join(f"{n} {tone}" for tone, n in training.rows.items())
        print(
            f"Learnt from {rows}. On texts not seen: {training.accuracy:.1%} right (as shipped: "
            f"{training.shipped_accuracy:.1%})."
        )
        return
    analyses = verbatims.analyse_file(options.file, settings.data_dir)
    summary = verbatims.summarise(analyses)
    if options.json:
        for analysis in analyses:
            print_json(analysis.row())
        print_json({"summary": summary})
        return
    for analysis in analyses:
        text = " ".join(analysis.text.split())
        print(f"{analysis.tone or '-':<10}{', '.join(analysis.themes) or '-':<40}  {text}")
    for line in ("", *verbatims.report(summary)):
        print(line)

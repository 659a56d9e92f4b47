"""What is understood of a text, and how well the classifier learns from a file."""

import argparse
from pathlib import Path

from bot.cli.command import Add
from bot.cli.lines import add_texts, print_json, texts
from bot.settings import Settings


def add(command: Add) -> None:
    """Add these commands."""
    add_texts(command("parse", _parse, "say what is understood of a text"))
    evaluate = command("eval-intents", _evaluate, "train the intent classifier on a file and test it on another")
    evaluate.add_argument("--train", required=True, type=Path, metavar="F", help='JSON lines {"text","intent"}')
    evaluate.add_argument("--test", required=True, type=Path, metavar="F", help='JSON lines {"text","intent"}')


def _parse(settings: Settings, options: argparse.Namespace) -> None:
    from bot.engine.train import prepare_rasa

    asked = texts(options)
    prepare_rasa()
    from bot.engine.parse import open_parser

    parser = open_parser(settings)
    for text in asked:
        print_json(parser(text))


def _evaluate(settings: Settings, options: argparse.Namespace) -> None:
    from bot.understanding.evaluation import evaluate, read_rows

    print_json(evaluate(read_rows(options.train), read_rows(options.test)))

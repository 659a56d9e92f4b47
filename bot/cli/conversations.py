"""Conversations of the log: one of them as a test."""

import argparse
import asyncio
from pathlib import Path

from bot.cli.command import Add
from bot.errors import Conflict
from bot.settings import Settings


def add(command: Add) -> None:
    """Add these commands."""
    visit = command("visit", _visit, "write a conversation, masked, as a test that `make mystery` plays")
    visit.add_argument("conversation", metavar="CONVERSATION", help="its identifier, as in the address of the console")
    visit.add_argument("--output", type=Path, metavar="FILE", help="a new file, in tests/mystery/visits/<situation>/")


def _visit(settings: Settings, options: argparse.Namespace) -> None:
    text = asyncio.run(_written(settings, options.conversation))
    if options.output is None:
        print(text, end="")
        return
    try:
        with options.output.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise Conflict(f"{options.output} exists already: name a new file.") from None


async def _written(settings: Settings, conversation_id: str) -> str:
    from bot.catalogue.load import load_catalogue
    from bot.conversations.reviews import ReviewStore
    from bot.conversations.transcripts import Transcripts
    from bot.conversations.visit_file import visit_file
    from bot.db import Database
    from bot.privacy.masking import mask

    database = Database(settings.database)
    try:
        transcript = await Transcripts(database).transcript(conversation_id)
        review = await ReviewStore(database, lambda text: mask(text).text).of(conversation_id)
    finally:
        await database.close()
    return visit_file(transcript, review, load_catalogue(settings.catalogue_dir))

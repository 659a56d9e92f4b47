"""Files that answer a field: taken in with their payloads, refused when the field wants others, removed on demand."""

from typing import Any

from actions.visit import Visit
from bot.catalogue.form import RequestField
from bot.errors import NotFound
from bot.requests.files import RequestFile
from bot.requests.files_check import KINDS
from bot.requests.model import Request


def file_limits(visit: Visit, field: RequestField) -> dict[str, Any]:
    """Return what the `input` of a file says: which types, how large, how many."""
    megabytes = visit.desk.settings.file_megabytes
    return {"accept": field.accept, "max_bytes": megabytes * 1_000_000, "max_files": field.max_files}


async def attach(
    visit: Visit, request: Request, field: RequestField, sent: list[str], *, last: bool = False
) -> list[dict[str, Any]] | None:
    """Make files the answer to a field and say what was received, or say why not.

    Args:
        visit: the visit.
        request: whose field it is.
        field: which.
        sent: the files.
        last: whether the field is done with, so that no more of them are invited.

    Returns:
        The whole answer of the field, or None when nothing could be taken.
    """
    files = visit.desk.files
    had = request.answers.get(field.id) or []
    # One file where one is wanted: a new one takes the place of the old.
    given = [] if field.max_files == 1 else [each for each in had if each["id"] not in sent]
    for file_id in dict.fromkeys(sent):
        try:
            file = await files.get(file_id)
            if not _is_accepted(file, field):
                visit.say("utter_invalid_file_kind", kinds=", ".join(KINDS[each] for each in field.accept))
                return None
            if len(given) == field.max_files:
                visit.say("utter_invalid_file_count", most=field.max_files)
                return None
            given.append((await files.claim(file_id, visit.conversation_id, request.id, field.id)).answer())
        except NotFound:
            visit.say("utter_invalid_file_unknown")
            return None
    await _drop_others(visit, request, field, given)
    response = "utter_file_received" if last or len(given) == field.max_files else "utter_file_received_more"
    names = ", ".join(each["name"] for each in given)
    visit.say(response, names=names, count=len(given), most=field.max_files, log_as=f"[fichier reçu : {field.id}]")
    return given


async def remove_files(visit: Visit, request: Request, field: RequestField) -> None:
    """Remove the files of a field for good."""
    await _drop_others(visit, request, field, [])


async def _drop_others(visit: Visit, request: Request, field: RequestField, given: list[dict[str, Any]]) -> None:
    kept = [each["id"] for each in given]
    others = await visit.desk.files.of_request(request.id)
    kept += [each.id for each in others if each.field != field.id]
    await visit.desk.files.keep_only(request.id, kept)


def _is_accepted(file: RequestFile, field: RequestField) -> bool:
    # A WebP image is kept as JPEG.
    return file.type in field.accept or (file.type == "image/jpeg" and "image/webp" in field.accept)

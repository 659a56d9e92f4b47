"""A citizen's copy: all that is stored, in clear, for the one who may have it."""

import json
import stat
from base64 import b64decode
from pathlib import Path

import pytest

from bot.conversations.model import NOTICE_VERSION
from bot.errors import InvalidInput, NotFound
from bot.requests.files_check import Examined
from bot.requests.model import State
from bot.rights.export import around, export, write_copy
from tests.rights.citizen import ANSWERS, Office


async def test_the_copy_holds_all_that_is_stored_decrypted(office: Office) -> None:
    conversation = await office.talk()
    request = await office.request(conversation, State.FILED)
    await office.rate(conversation, request.id)
    await office.send(conversation, request)
    await office.files.attach(request.id, Examined("acte.pdf", "application/pdf", b"%PDF"))
    for reference in (conversation, request.reference):
        copy = json.loads(json.dumps(await export(office.holdings, reference)))
        [theirs] = copy["conversations"]
        assert theirs["notice_version"] == NOTICE_VERSION
        assert [message["text"] for message in theirs["messages"]][-1] == "Nom : Zéphyrine Quatrebarbes"
        assert theirs["waiting"] == ["je suis Zéphyrine Quatrebarbes"]
        assert [turn["said"] for turn in theirs["turns"]] == ["ma demande de naissance"]
        [filed] = copy["requests"]
        assert (filed["reference"], filed["answers"]) == (request.reference, ANSWERS)
        files = [(each["name"], b64decode(each["content"]), each["from_office"]) for each in filed["files"]]
        assert files == [("photo.png", b"Quatrebarbes", False), ("acte.pdf", b"%PDF", True)]
        assert [event["state"] for event in filed["history"]] == ["draft", "filed"]
        assert [(note["note"], note["comment"]) for note in copy["feedback"]] == [(0, "trop long")]


async def test_the_copy_holds_nothing_of_anybody_else(office: Office) -> None:
    mine, other = await office.talk(), await office.talk()
    await office.request(other, State.FILED)
    await office.rate(other)
    copy = await export(office.holdings, mine)
    assert (copy["requests"], copy["feedback"]) == ([], [])
    assert other not in json.dumps(copy)
    with pytest.raises(NotFound):
        await export(office.holdings, "GU-7K3M-9QXD")


async def test_beside_the_messages_a_citizen_sees_requests_opinions_and_the_notice(office: Office) -> None:
    conversation = await office.talk()
    request = await office.request(conversation, State.FILED)
    await office.rate(conversation)
    beside = json.loads(json.dumps(await around(office.database, conversation)))
    assert beside["notice_version"] == NOTICE_VERSION
    assert [(each["reference"], each["state"]) for each in beside["requests"]] == [(request.reference, "filed")]
    assert [each["comment"] for each in beside["feedback"]] == ["trop long"]


def test_the_file_is_new_and_its_owners_only(tmp_path: Path) -> None:
    path = tmp_path / "copy.json"
    write_copy({"é": 1}, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text("utf-8")) == {"é": 1}
    for refused in (path, tmp_path / "no" / "copy.json"):
        with pytest.raises(InvalidInput) as caught:
            write_copy({}, refused)
        assert caught.value.code == "file-refused"

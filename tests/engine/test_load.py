"""A model is loaded without what Rasa reads again and again, and is the same."""

import shutil
from pathlib import Path

from bot.engine.train import prepare_rasa
from tests.service import ROOT

prepare_rasa()

from rasa.shared.core.domain import Domain  # noqa: E402

from bot.engine.load import _read_once  # noqa: E402


def test_the_domain_that_is_read_once_is_the_one_that_rasa_reads(tmp_path: Path) -> None:
    shutil.copy(ROOT / "domain.yml", tmp_path)
    rasas = Domain.from_path(tmp_path)
    with _read_once():
        ours = Domain.from_path(tmp_path)
    assert ours.as_dict() == rasas.as_dict()
    assert ours.fingerprint() == rasas.fingerprint()
    assert Domain.from_path(tmp_path).fingerprint() == rasas.fingerprint(), "afterwards Rasa's own way is back"

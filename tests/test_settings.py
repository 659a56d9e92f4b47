"""The settings: read from the environment, refused by name, and all of them in the documentation."""

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any

import pytest

from bot.errors import Misconfigured
from bot.settings import PREFIX, Settings, read_settings
from tests.conftest import ROOT


def test_without_any_variable_every_setting_has_its_default() -> None:
    assert read_settings({}) == Settings()


def test_each_setting_has_a_default_and_says_what_it_is_for() -> None:
    assert [each.name for each in fields(Settings) if each.default is MISSING or not each.metadata["help"]] == []


@pytest.mark.parametrize(
    ("variable", "raw", "name", "value"),
    [
        ("GUICHET_PORT", "9000", "port", 9000),
        ("GUICHET_PORT", "0", "port", 0),
        ("GUICHET_DATA_DIR", "/srv/guichet", "data_dir", Path("/srv/guichet")),
        ("GUICHET_ENGINE_TIMEOUT", "2.5", "engine_timeout", 2.5),
        ("GUICHET_LOG_LEVEL", "debug", "log_level", "debug"),
        ("GUICHET_HOST", "0.0.0.0", "host", "0.0.0.0"),
    ],
)
def test_a_variable_gives_its_setting(variable: str, raw: str, name: str, value: object) -> None:
    assert getattr(read_settings({variable: raw}), name) == value


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("s3cret\n")
    named = {"GUICHET_SMTP_PASSWORD_FILE": str(tmp_path / "password")}
    assert read_settings(named).smtp_password == "s3cret"
    assert read_settings(named | {"GUICHET_SMTP_PASSWORD": "nearer"}).smtp_password == "nearer"
    with pytest.raises(Misconfigured, match=r"GUICHET_SMTP_PASSWORD_FILE names .*gone, which cannot be read"):
        read_settings({"GUICHET_SMTP_PASSWORD_FILE": str(tmp_path / "gone")})


def test_an_empty_variable_counts_as_none() -> None:
    assert read_settings({"GUICHET_PORT": ""}) == Settings()


def test_a_variable_of_somebody_else_is_left_alone() -> None:
    assert read_settings({"PORT": "9000", "GUICHETPORT": "9000", "guichet_port": "9000"}) == Settings()


def test_the_command_line_goes_before_the_environment() -> None:
    assert read_settings({"GUICHET_PORT": "9000"}, port=9001, host=None).port == 9001


@pytest.mark.parametrize(
    ("variable", "raw"),
    [
        ("GUICHET_PORT", "eighty"),
        ("GUICHET_PORT", "80.5"),
        ("GUICHET_PORT", "99999"),
        ("GUICHET_PORT", "-1"),
        ("GUICHET_ENGINE_TIMEOUT", "soon"),
        ("GUICHET_ENGINE_TIMEOUT", "nan"),
        ("GUICHET_ENGINE_TIMEOUT", "0"),
        ("GUICHET_MESSAGE_LIMIT", "0"),
        ("GUICHET_MESSAGES_A_MINUTE", "-5"),
        ("GUICHET_DRAFT_DAYS", "0"),
        ("GUICHET_LOG_LEVEL", "loud"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_its_variable(variable: str, raw: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        read_settings({variable: raw})
    assert variable in caught.value.message
    assert raw in caught.value.message


def test_a_value_given_on_the_command_line_is_checked_too() -> None:
    with pytest.raises(Misconfigured, match="GUICHET_PORT"):
        read_settings({}, port=99999)


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("", "sqlite+aiosqlite:///var/guichet.db"),
        ("sqlite:///here.db", "sqlite+aiosqlite:///here.db"),
        ("sqlite:////srv/here.db", "sqlite+aiosqlite:////srv/here.db"),
        ("postgresql://guichet:secret@db/guichet", "postgresql+psycopg://guichet:secret@db/guichet"),
        ("postgresql+psycopg://db/guichet", "postgresql+psycopg://db/guichet"),
    ],
)
def test_the_address_of_the_database_gets_its_asynchronous_driver(given: str, used: str) -> None:
    assert read_settings({"GUICHET_DATABASE_URL": given}).database == used


def test_the_origins_are_separated_by_spaces() -> None:
    settings = read_settings({"GUICHET_ALLOWED_ORIGINS": "https://mairie.example  https://www.mairie.example"})
    assert settings.origins == {"https://mairie.example", "https://www.mairie.example"}


def test_the_documented_table_is_the_one_of_the_code() -> None:
    lines = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8").splitlines()
    documented = [line for line in lines if line.startswith(f"| `{PREFIX}")]
    assert documented == [_row(each) for each in fields(Settings)]


def _row(setting: Field[object]) -> str:
    default = f"`{setting.default}`" if str(setting.default) else "empty"
    accepted, text = _accepted(setting.metadata), setting.metadata["help"]
    return f"| `{PREFIX}{setting.name.upper()}` | {default} | {accepted} | {text} |"


def _accepted(metadata: Mapping[str, Any]) -> str:
    if metadata["among"]:
        return ", ".join(metadata["among"])
    if metadata["least"] is None:
        return ""
    return f"{metadata['least']} to {metadata['most']}" if metadata["most"] else f"{metadata['least']} or more"

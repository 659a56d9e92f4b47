"""The log: text or JSON, each line with the number of its call."""

import json
import logging
import os
import subprocess
import sys
from uuid import uuid4

import pytest

from bot import logs, tracing
from bot.errors import Misconfigured
from bot.logs import _Json, _Text
from tests.conftest import ROOT


def _record(message: str, *args: object, **more: object) -> logging.LogRecord:
    return logging.LogRecord("bot.somewhere", logging.INFO, "file.py", 1, message, args, None, **more)  # type: ignore[arg-type]


def test_a_line_of_json_holds_all_and_stays_one_line() -> None:
    with logs.numbered() as number:
        line = _Json("gateway").format(_record("two\nlines: %s", "é"))
    assert "\n" not in line
    told = json.loads(line)
    assert (told["message"], told["part"], told["level"], told["logger"]) == (
        "two\nlines: é",
        "gateway",
        "INFO",
        "bot.somewhere",
    )
    assert told["request_id"] == number
    assert "request_id" not in json.loads(_Json("gateway").format(_record("outside")))


def test_a_line_of_text_ends_with_the_number() -> None:
    with logs.numbered() as number:
        assert _Text().format(_record("said")).endswith(f"bot.somewhere: said [{number}]")
    assert _Text().format(_record("said")).endswith("said")


def test_a_fault_of_python_is_in_the_same_object() -> None:
    try:
        raise ValueError("x")
    except ValueError:
        record = _record("failed")
        record.exc_info = sys.exc_info()
    assert "ValueError" in json.loads(_Json("engine").format(record))["exception"]


@pytest.mark.parametrize("given", [str(uuid4()), uuid4().hex, str(uuid4()).upper()])
def test_a_well_formed_number_is_kept(given: str) -> None:
    with logs.numbered(given) as number:
        assert number == given.lower().replace("-", "")
        assert logs.headers() == {"X-Request-Id": number}


@pytest.mark.parametrize("given", [None, "", "jean-dupont", "1234", uuid4().hex + "0", "g" * 32, f"{uuid4().hex}\n"])
def test_another_is_replaced(given: str | None) -> None:
    with logs.numbered(given) as number:
        assert len(number) == 32
        assert number != given
    assert logs.number() == ""


def test_without_an_endpoint_nothing_of_opentelemetry_is_loaded() -> None:
    code = "import sys; from bot import tracing; tracing.set_up('gateway'); print('opentelemetry' in sys.modules)"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(Misconfigured) as refused:
        tracing.set_up("gateway")
    assert "opentelemetry-exporter-otlp-proto-http" in refused.value.message

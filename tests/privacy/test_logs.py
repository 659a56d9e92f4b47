"""What a library would quote of a request is not in the log."""

import io
import logging

import pytest
from aiohttp.http_exceptions import BadHttpMethod, BadStatusLine, InvalidHeader

from bot.privacy.logs import WithoutValues, without_values


@pytest.mark.parametrize(
    "error", [BadStatusLine("GET /zephyrine"), BadHttpMethod("zephyrine"), InvalidHeader("zephyrine")]
)
def test_a_request_that_is_no_http_is_logged_without_what_it_says(error: Exception) -> None:
    written = io.StringIO()
    logger = logging.Logger("aiohttp.server")
    logger.addHandler(logging.StreamHandler(written))
    logger.addFilter(WithoutValues())
    try:
        raise error
    except Exception as caught:
        logger.error("Error handling request from %s", "192.0.2.7", exc_info=caught)
    assert type(error).__name__ in written.getvalue()
    assert "test_logs.py" in written.getvalue(), "the place stays"
    assert "zephyrine" not in written.getvalue()
    assert "192.0.2.7" not in written.getvalue()


def test_an_error_that_takes_no_text_is_shown_as_another() -> None:
    class Odd(Exception):
        def __init__(self, first: int, second: int) -> None:
            super().__init__(first + second)

    kind, shown, _ = without_values(Odd(1, 2))
    assert (kind, type(shown)) == (Odd, RuntimeError)

"""`guichet doctor`: what usually goes wrong, looked at one by one, with what to do about it. It changes nothing."""

import logging
from collections.abc import AsyncIterator, Callable

from bot.errors import GuichetError
from bot.operations import checks_content, checks_database, checks_machine
from bot.operations.finding import Finding, wrong
from bot.settings import Settings

logger = logging.getLogger(__name__)

Check = Callable[[Settings], AsyncIterator[Finding]]
CHECKS: tuple[tuple[str, Check], ...] = (
    ("data folder", checks_machine.data_folder),
    ("disk", checks_machine.disk),
    ("key", checks_machine.key),
    ("clock", checks_machine.clock),
    ("time zone", checks_machine.time_zone),
    ("port", checks_machine.port),
    ("public address", checks_machine.public_address),
    ("metrics", checks_machine.metrics),
    ("database", checks_database.database),
    ("spool", checks_database.spool),
    ("backup", checks_database.backup),
    ("mail server", checks_content.mail),
    ("model", checks_content.model),
    ("catalogue", checks_content.catalogue),
    ("fiches", checks_content.fiches),
    ("offices", checks_content.offices),
)


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Yield what each check finds; a check that fails is a finding as well."""
    for what, check in CHECKS:
        try:
            async for finding in check(settings):
                yield finding
        except GuichetError as error:
            yield wrong(what, error.in_full(), "Mend what the message names and run `guichet doctor` again.")
        except Exception as error:  # the other checks must be heard
            logger.debug("the check of %s failed", what, exc_info=error)
            yield wrong(
                what, f"The check itself failed ({type(error).__name__}: {error}).", "Tell whoever maintains it."
            )

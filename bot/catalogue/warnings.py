"""What the admin should look at in a catalogue that can be used: facts that nobody has checked for a year."""

from datetime import date, timedelta
from pathlib import Path

from bot.catalogue.lines import line_of, tree_of
from bot.catalogue.load import Catalogue

STALE_AFTER = timedelta(days=365)
"""Prices and delays change with the finance act, each January: a fact has to be read again once a year."""


def warnings_of(catalogue: Catalogue, folder: Path, today: date) -> list[str]:
    """Return a line for each source whose check is too old or in the future: file, line, field, what to do.

    Args:
        catalogue: as it was loaded.
        folder: where it was loaded from.
        today: the day on which the facts are used.
    """
    warnings = []
    for service in catalogue.services.values():
        path = folder / "services" / f"{service.id}.yml"
        tree = tree_of(path)
        for place, source in enumerate(service.sources):
            where = f"{path}:{line_of(tree, ('sources', place, 'checked'))}: sources.{place}.checked"
            if source.checked > today:
                warnings.append(f"{where}: {source.checked} is in the future; write the day on which it was checked")
            elif today - source.checked > STALE_AFTER:
                warnings.append(
                    f"{where}: `{source.id}` was checked on {source.checked}, more than a year ago; "
                    f"read {source.url} again, put right what has changed, and write the new date"
                )
    return warnings

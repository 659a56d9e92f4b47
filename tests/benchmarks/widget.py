"""What a citizen's browser downloads for the widget: every module, as the gateway serves it (`python -m`)."""

from rich import box
from rich.console import Console
from rich.table import Table

from bot.web.assets import read_asset

from .questions import ROOT


def report() -> Table:
    """Return the size of each module and of all, in bytes, compressed file by file."""
    table = Table("module", box=box.MARKDOWN)
    table.add_column("gzip", justify="right")
    total = 0
    for path in sorted((ROOT / "bot" / "web" / "widget").glob("*.js")):
        size = len(read_asset("widget", path.name).compressed)
        total += size
        table.add_row(path.name, f"{size:,}")
    table.add_row("**the whole widget**", f"{total:,}")
    return table


if __name__ == "__main__":
    Console().print(report())

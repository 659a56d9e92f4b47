"""Files and folders that are made beside those in use and take their places at the end, all or none."""

import shutil
from contextlib import suppress
from datetime import datetime
from pathlib import Path


class Places:
    """What is being made, and where it goes.

    Args:
        at: when; what stood in a place before is kept beside it under that name.
    """

    def __init__(self, at: datetime) -> None:
        self._stamp = f"{at:%Y%m%dT%H%M%S}"
        self._places: dict[Path, Path] = {}
        self._moved: list[tuple[Path, Path]] = []

    def beside(self, final: Path) -> Path:
        """Return where something is made that is to stand in `final`: beside it, so that a rename puts it there."""
        draft = final.with_name(f".{final.name}.restoring")
        if final not in self._places:
            _remove(draft)
            draft.parent.mkdir(parents=True, exist_ok=True)
            self._places[final] = draft
        return draft

    def aside(self, final: Path) -> Path:
        """Return where what stands in `final` now is kept."""
        return final.with_name(f"{final.name}.before-{self._stamp}")

    def write(self, final: Path, within: str, content: bytes) -> None:
        """Make a file, or one of a folder, for its owner only.

        Args:
            final: the file or the folder that is to stand in its place.
            within: the path below that folder; "" when it is a file.
            content: of the file.
        """
        draft = self.beside(final)
        path = draft / within if within else draft
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_bytes(content)

    def swap(self) -> None:
        """Put everything into its place, and what was there aside.

        Raises:
            OSError: something could not be renamed; then everything is as it was before.
        """
        try:
            for final, draft in self._places.items():
                if final.exists():
                    self._rename(final, self.aside(final))
                if draft.exists():
                    self._rename(draft, final)
        except OSError:
            self.undo()
            raise

    def undo(self) -> None:
        """Put back what was put aside."""
        while self._moved:
            source, target = self._moved.pop()
            target.rename(source)

    def clear(self) -> None:
        """Remove what was made and took no place."""
        for draft in self._places.values():
            with suppress(OSError):
                _remove(draft)

    def _rename(self, source: Path, target: Path) -> None:
        source.rename(target)
        self._moved.append((source, target))


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)

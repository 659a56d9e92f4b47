"""Which files of `data/` Rasa reads.

Rasa opens every YAML file below `data/` to guess its kind, with a slow parser; the catalogue lies there too.
"""

from pathlib import Path

from rasa.shared.importers.rasa import RasaFileImporter


class DataImporter(RasaFileImporter):
    """Reads `nlu/`, `rules/` and `stories/` of a data folder, and leaves the catalogue alone."""

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
    ) -> None:
        paths = [training_data_paths] if isinstance(training_data_paths, str) else (training_data_paths or ["data"])
        rooms = [f"{path}/{room}" if Path(path).name == "data" else path for path in paths for room in ROOMS]
        super().__init__(config_file, domain_path, list(dict.fromkeys(rooms)))


ROOMS = ("nlu", "rules", "stories")

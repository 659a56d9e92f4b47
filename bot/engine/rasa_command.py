"""`rasa`, Rasa's own command, made to run here: without TensorFlow, and with servers that start.

`rasa data validate` also runs our own checks, since Rasa lets much pass.
"""

import functools
import sys
from pathlib import Path

from bot.engine.project import check_project
from bot.engine.train import prepare_rasa
from bot.errors import GuichetError
from bot.settings import read_settings
from bot.understanding.spacy_model import build_spacy_model, vocabulary_files


def main() -> None:
    """Run Rasa's command with the arguments of this one."""
    # Everything of Rasa may be asked for here, plots included.
    prepare_rasa(light=False)
    sys.path.insert(0, str(Path.cwd()))
    try:
        settings = read_settings()
        if Path("data/nlu").is_dir():
            build_spacy_model(Path("models"), vocabulary_files(Path(), settings.catalogue_dir))
        if sys.argv[1:3] == ["data", "validate"]:
            check_project(Path(), settings.catalogue_dir)
    except GuichetError as error:
        print(f"rasa: {error.message}", file=sys.stderr)  # noqa: T201
        raise SystemExit(1) from None
    _let_sanic_start()
    from rasa.__main__ import main as rasa_main

    rasa_main()


def _let_sanic_start() -> None:
    """Run Sanic in this process: its worker manager of today refuses how Rasa 3.6 starts it."""
    from sanic import Sanic

    original = Sanic.run

    def run(self: Sanic, *args: object, **kwargs: object) -> None:
        kwargs.pop("workers", None)
        original(self, *args, single_process=True, **kwargs)

    Sanic.run = run
    # Sanic no longer has the streamed answers that `rasa shell` asks for; it takes whole ones as well.
    from rasa.core.channels import console

    console.record_messages = functools.partial(console.record_messages, use_response_stream=False)

"""The spaCy pipeline that Rasa's `SpacyNLP` loads: built here, from a package, without downloaded weights.

A tokeniser for French (`spacy_language.py`) with the lookup lemmatizer of `spacy-lookups-data`. Its table of 217
thousand forms takes 60 MB of memory; only the forms of words that the product knows (training data and catalogue) are
kept. Whoever has a network may put a trained pipeline such as `fr_core_news_md` into the same folder instead.
"""

import re
import shutil
import tempfile
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

FOLDER = Path("spacy") / "fr-2"
"""Where the pipeline is, inside the models' folder; config.yml names the same place."""
_STAMP = "guichet-vocabulary"
_WORD = re.compile(r"[^\W\d_]+")


def build_spacy_model(models_dir: Path, sources: Iterable[Path]) -> Path:
    """Build the pipeline unless it is there already for the same words.

    Args:
        models_dir: the folder of the models.
        sources: files whose words are the product's vocabulary.

    Returns:
        The folder of the pipeline.
    """
    words = sorted({word for path in sources for word in _WORD.findall(path.read_text(encoding="utf-8").lower())})
    stamp = sha256(" ".join(words).encode()).hexdigest()
    folder = models_dir / FOLDER
    if (folder / _STAMP).is_file() and (folder / _STAMP).read_text() == stamp:
        return folder
    if (folder / "config.cfg").is_file() and not (folder / _STAMP).is_file():
        return folder  # not ours: somebody put a trained pipeline here
    # spaCy takes a second to import: only who builds pays for it.
    from spacy.lookups import Lookups, load_lookups

    from bot.understanding.spacy_language import French

    table = load_lookups("fr", ["lemma_lookup"]).get_table("lemma_lookup")
    known = set(words)
    # The table gives a word, or a list of words of which the first is used.
    lemmas = {_first(lemma) for lemma in (table.get(word) for word in words) if lemma} | known
    kept = {form: lemma for form, lemma in table.items() if _first(lemma) in lemmas}
    lookups = Lookups()
    lookups.add_table("lemma_lookup", kept)
    nlp = French()
    nlp.add_pipe("lemmatizer", config={"mode": "lookup"}).initialize(lambda: [], nlp=nlp, lookups=lookups)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
        draft = Path(temporary) / "draft"
        nlp.to_disk(draft)
        (draft / _STAMP).write_text(stamp)
        shutil.rmtree(folder, ignore_errors=True)
        draft.rename(folder)
    return folder


def _first(lemma: str | list[str]) -> str:
    return lemma if isinstance(lemma, str) else lemma[0]


def vocabulary_files(project: Path, catalogue_dir: Path) -> list[Path]:
    """Return the files whose words the pipeline keeps: the training data and the catalogue."""
    return sorted((project / "data" / "nlu").glob("*.yml")) + sorted((catalogue_dir / "services").glob("*.yml"))

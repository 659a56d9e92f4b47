"""French as our spaCy pipeline reads it: spaCy's general rules, and a cut after an elision (l'|acte, qu'|il).

spaCy's own French compiles its exceptions each time it is imported, for seconds and at every start of the engine
(docs/benchmarks.md); they keep compounds like "arc-en-ciel" whole, which nothing here looks at.
"""

from spacy.lang.char_classes import ALPHA
from spacy.lang.punctuation import TOKENIZER_INFIXES
from spacy.language import BaseDefaults, Language

_ELISION = "'’"


class _Defaults(BaseDefaults):
    infixes = [*TOKENIZER_INFIXES, rf"(?<=[{ALPHA}][{_ELISION}])(?=[{ALPHA}])"]  # noqa: RUF012 - spaCy's own shape


class French(Language):
    """The language of the pipeline; spaCy finds it by the entry point of pyproject.toml."""

    lang = "fr_counter"
    Defaults = _Defaults

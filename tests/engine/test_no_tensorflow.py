"""Rasa without TensorFlow: in processes of their own, because what is imported once stays."""

import importlib.machinery
import subprocess
import sys

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(
    importlib.machinery.PathFinder.find_spec("tensorflow") is not None,
    reason="a real TensorFlow is installed: nothing stands in for it",
)


def _python(code: str) -> str:
    """Run some lines in a new process and return what they print."""
    prepared = f"from bot.engine.no_tensorflow import install\ninstall(light=True)\n{code}"
    done = subprocess.run([sys.executable, "-c", prepared], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_rasa_can_be_imported_and_others_still_find_no_tensorflow() -> None:
    code = """
import rasa.core.agent
print(rasa.core.agent.Agent.__name__)
for name in ("tensorflow.experimental.dlpack", "tensorflow_hub", "keras"):
    try:
        __import__(name)
        print("imported", name)
    except ImportError:
        print("refused")
"""
    # The first is what spaCy's thinc asks for to know whether there is a TensorFlow.
    assert _python(code).splitlines() == ["Agent", "refused", "refused", "refused"]


@pytest.mark.xfail(strict=True, reason="once Rasa has imported it, sys.modules gives `tensorflow` to everybody")
def test_after_rasa_others_still_cannot_import_tensorflow_itself() -> None:
    code = """
import rasa.core.agent
try:
    import tensorflow
    print("imported")
except ImportError:
    print("refused")
"""
    assert _python(code) == "refused"


def test_before_rasa_nobody_finds_tensorflow() -> None:
    code = """
import importlib.machinery
print(importlib.util.find_spec("tensorflow"))
try:
    import tensorflow
except ImportError:
    print("refused")
"""
    assert _python(code).splitlines() == ["None", "refused"]


def test_installing_twice_adds_nothing() -> None:
    assert _python("import sys\nbefore = len(sys.meta_path)\ninstall()\nprint(len(sys.meta_path) - before)") == "0"


def test_what_stands_in_can_be_subclassed_called_and_decorated_with_and_is_false() -> None:
    code = """
from bot.engine.no_tensorflow import _InertModule
tf = _InertModule("tensorflow")
class Layer(tf.keras.layers.Layer):
    pass
@tf.function
def double(x):
    return 2 * x
print(double(3), bool(tf), bool(tf.Tensor), isinstance(Layer(1, name="x"), Layer), tf.Tensor | None is not None)
print(hasattr(tf, "__file__") and tf.__file__)
"""
    first, second = _python(code).splitlines()
    assert first.startswith("6 False False True")
    assert second == "False"


def test_an_engine_on_sqlite_is_started_without_what_it_never_calls() -> None:
    code = """
import sys
import bot.engine.server, bot.understanding.components
from sklearn.feature_extraction.text import HashingVectorizer
print([name for name in ("pyarrow.lib", "redis", "psycopg", "scipy.stats._stats_py") if name in sys.modules])
import scipy.stats
print(scipy.stats.hypergeom(10, 5, 3).mean())
"""
    assert _python(code).splitlines() == ["[]", "1.5"], "what is put off is still there for who uses it"

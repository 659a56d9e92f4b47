#!/bin/sh
# Makes .venv with everything in it: Python 3.12 or 3.11 if one runs here, else one that `uv` fetches.
set -eu

fail() { echo "setup: $1" >&2; exit 1; }

runs() { "$1" -c 'import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))' >/dev/null 2>&1; }

find_python() {
    # A name on the PATH may be a shim that does not run, so each candidate is tried.
    for candidate in python3.12 python3.11 python3 python; do
        if runs "$candidate"; then command -v "$candidate"; return 0; fi
    done
    return 1
}

if python=$(find_python); then
    "$python" -m venv --clear .venv 2>/dev/null ||
        fail "$python cannot make a virtual environment. On Debian: apt-get install python3-venv, then try again."
else
    any=$(command -v python3 || command -v python) || fail "Python is missing. On Debian: apt-get install python3 python3-venv."
    echo "setup: neither Python 3.12 nor 3.11 is here; asking uv for one" >&2
    "$any" -m venv .tools 2>/dev/null || fail "$any cannot make a virtual environment. On Debian: apt-get install python3-venv."
    .tools/bin/python -m pip install --quiet --disable-pip-version-check uv || fail "uv could not be installed; is there a network?"
    .tools/bin/uv venv --quiet --seed --clear --python 3.12 .venv ||
        fail "Python 3.12 could not be fetched. Install python3.12 or python3.11, then try again."
fi

echo "setup: installing with $(.venv/bin/python --version)" >&2
# The lock is complete and tried: nothing is resolved again, and the Python that Rasa's metadata refuse is accepted.
# uv is ten times faster than pip, which takes over where uv finds no index (a mirror that only pip is told of).
# `--no-config`: the overrides of pyproject.toml are for making the lock.
# Where a folder `wheels` was brought along (`make wheels`), nothing is asked of a network.
if [ -d wheels ]; then from="--no-index --find-links wheels"; else from=""; fi
# shellcheck disable=SC2086 - several words, or none
pip() { .venv/bin/python -m pip --quiet --disable-pip-version-check install $from "$@"; }
uv() { .venv/bin/uv --no-config pip install $from --quiet --compile-bytecode --python .venv/bin/python "$@"; }
# Compiled now, as pip does: else each start of a process that may not write would compile all of Rasa again.
fast() { pip uv && uv "$@"; }
fast --no-deps --require-hashes --requirement requirements.lock ||
    pip --no-deps --ignore-requires-python --require-hashes --requirement requirements.lock ||
    fail "the libraries could not be installed; is there a network? Without one: docs/operations.md, \"Without a network\"."
# Built in an environment of its own: Rasa needs an older `packaging` than setuptools does.
fast --no-deps --editable . || pip --no-deps --editable . || fail "the project itself could not be installed."

"""The tests of what is written where talk to a running service of tests/service.py."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    # Registered once, whichever folder comes first: an imported fixture would start a service for each folder.
    if not config.pluginmanager.has_plugin("tests.service"):
        config.pluginmanager.import_plugin("tests.service")

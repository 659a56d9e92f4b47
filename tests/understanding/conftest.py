"""The tests of the frozen set use the model that tests/service.py trains."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    # Registered once, whichever folder comes first: an imported fixture would start a service for each folder.
    if not config.pluginmanager.has_plugin("tests.service"):
        config.pluginmanager.import_plugin("tests.service")

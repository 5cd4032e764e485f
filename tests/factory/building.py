"""How the factory's tests call it: a config under its one key, tests for versions that have a field."""

from typing import Any

import pytest

from factory import create_binance_exec_client, installed

ONE = installed.GENERATION == 1
FIELDS = installed.fields_of(installed.EXEC_CLIENT_CONFIG)


def built(**arguments: Any) -> Any:
    """The config under its one key."""
    (config,) = create_binance_exec_client(**arguments).values()
    return config


def has(field: str) -> pytest.MarkDecorator:
    """Run only where the installed config has this field."""
    return pytest.mark.skipif(
        field not in FIELDS, reason=f"nautilus_trader {installed.VERSION} has no field {field}: run a version that has"
    )

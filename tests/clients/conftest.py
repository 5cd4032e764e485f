"""Leaves this folder to its own environment, and keeps the SDK from loosening its models."""

from importlib.util import find_spec
from typing import NoReturn

import pytest

pytest.register_assert_rewrite("tests.clients.behaviour.lives", "tests.clients.payloads.witness")

SDK = "binance_sdk_derivatives_trading_usds_futures"
INSTALLED = find_spec(SDK) is not None and find_spec("ccxt") is not None
if not INSTALLED:
    collect_ignore = ["payloads", "behaviour", "freqtrade"]


@pytest.fixture(autouse=True)
def strict_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail where the SDK would make a model lenient for good.

    On a payload of the wrong type its REST client removes the strict types from the model's class, logs a warning and
    carries on; whatever is validated later in the same process would then pass.
    """
    import binance_common.utils

    def refuse(model: type) -> NoReturn:
        raise AssertionError(f"the SDK could not read an answer as {model.__name__} without loosening its types")

    monkeypatch.setattr(binance_common.utils, "relax_model_strictness", refuse)

"""The start command's settings: one word for what has a section, and native fields that a version may lack."""

import pytest

from conformance.subject.child.blame import Misuse, Unsupported
from conformance.subject.child.settings import Settings

URLS = {"http_url": "http://127.0.0.1:1", "stream_url": "ws://127.0.0.1:1", "ws_api_url": "ws://127.0.0.1:1"}


def test_one_word_wins_over_its_section() -> None:
    """What a case says in one word goes where the profile has it, and what else is there stays."""
    profile = {"client": {"max_retries": 3, "us": True}, "exec_engine": {"inflight_check_interval_ms": 200}}

    settings = Settings.of({**URLS, **profile, "max_retries": 0, "leverages": {"BTCUSDT": 7}, "inflight_check": None})

    assert settings.client == {"max_retries": 0, "us": True, "futures_leverages": {"BTCUSDT": 7}}
    assert settings.exec_engine == {"inflight_check_interval_ms": 0}


def test_in_flight_check_is_native() -> None:
    """A case's in-flight check becomes the native fields."""
    check = {"interval_ms": 100, "threshold_ms": 200, "retries": 3}

    assert Settings.of({**URLS, "inflight_check": check}).exec_engine == {
        "inflight_check_interval_ms": 100,
        "inflight_check_threshold_ms": 200,
        "inflight_check_retries": 3,
    }


def test_field_that_the_version_lacks_is_named_with_the_nearest() -> None:
    """A native field is never dropped in silence."""
    settings = Settings.of({**URLS, "client": {"recv_window": 1}})

    with pytest.raises(Unsupported, match=r"client\.recv_window; the nearest that it has is recv_window_ms"):
        settings.native("client", ["recv_window_ms", "us"])


def test_optional_field_is_gone_without() -> None:
    """What the profile calls optional is set where it is known, and left out where it is not."""
    settings = Settings.of({**URLS, "client": {"max_retries": 3, "us": True}, "optional": ["client.max_retries"]})

    assert settings.native("client", ["us"]) == {"us": True}
    assert settings.native("client", ["us", "max_retries"]) == {"us": True, "max_retries": 3}


@pytest.mark.parametrize("strategies", [0, 10])
def test_no_strategy_and_too_many_are_refused(strategies: int) -> None:
    """A trader has at least one strategy; one unless it is said how many."""
    assert Settings.of({**URLS}).strategies == 1
    with pytest.raises(Misuse, match=f"strategies {strategies}: allowed are 1 to 9"):
        Settings.of({**URLS, "strategies": strategies})


def test_what_a_strategy_does_at_its_stop_is_known() -> None:
    """A strategy does nothing when it is stopped unless it is said, and a word that means nothing is refused."""
    assert Settings.of({**URLS}).at_stop == []
    with pytest.raises(Misuse, match="at_stop: unknown sell; known: cancel, close"):
        Settings.of({**URLS, "at_stop": ["cancel", "sell"]})


def test_what_a_strategy_does_at_its_start_is_a_handlers() -> None:
    """A command that no strategy gives in a handler is refused at once: in the `on_start` it would be the version's."""
    assert Settings.of({**URLS, "at_start": [{"op": "market_exit"}]}).at_start == [{"op": "market_exit"}]
    with pytest.raises(Misuse, match="at_start: 'snapshot' is no command of a handler; there are submit"):
        Settings.of({**URLS, "at_start": [{"op": "snapshot"}]})
    with pytest.raises(Misuse, match="at_start: cancel_all for strategy 2"):
        Settings.of({**URLS, "at_start": [{"op": "cancel_all", "symbol": "BTCUSDT", "strategy": 2}]})


def test_only_another_strategy_hears_of_orders() -> None:
    """A word that means nothing is refused, and so is a trader with nobody beside the strategy that trades."""
    assert Settings.of({**URLS, "strategies": 2, "hears": ["fills", "cancels_topic"]}).hears[0] == "fills"
    with pytest.raises(Misuse, match="hears: unknown ends; known: fills, cancels, fills_topic, cancels_topic"):
        Settings.of({**URLS, "strategies": 2, "hears": ["fills", "ends"]})
    with pytest.raises(Misuse, match="hears: the last strategy hears of the others' orders: strategies = 2"):
        Settings.of({**URLS, "hears": ["fills"]})

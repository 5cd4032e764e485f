"""The node around the execution client: a config on 1.x, a builder on 2.x, from the same arguments."""

from collections.abc import Callable
from inspect import Parameter, signature
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from factory import create_binance_exec_client, create_livenode_builder, create_tradingnode_config, installed

ONE = installed.GENERATION == 1
create_node, create_other = (
    (create_tradingnode_config, create_livenode_builder)
    if ONE
    else (create_livenode_builder, create_tradingnode_config)
)
only_1x = pytest.mark.skipif(not ONE, reason="2.x has no TradingNodeConfig: run a 1.x version")
only_2x = pytest.mark.skipif(ONE, reason="1.x has no LiveNodeBuilder: run a 2.x version")


def node(**arguments: Any) -> Any:
    """The native node config or builder around the default client."""
    return create_node(create_binance_exec_client(), **arguments)


def test_the_other_generations_function_names_this_ones() -> None:
    """A trading system that moves between generations is told what to call."""
    with pytest.raises(ValueError, match=f"nautilus_trader {installed.VERSION} has no .*: call {create_node.__name__}"):
        create_other(create_binance_exec_client())


def test_the_node_shows_no_secret(no_secret: Callable[[str], None]) -> None:
    """Neither config nor builder shows a credential."""
    made = node(redis_host="localhost")

    no_secret(repr(made))
    no_secret(str(made))


@only_1x
def test_the_config_is_native_and_holds_the_client() -> None:
    """The result is NautilusTrader's TradingNodeConfig with the client under its name."""
    from nautilus_trader.config import TradingNodeConfig

    clients = create_binance_exec_client()
    made = create_tradingnode_config(exec_clients=clients)

    assert type(made) is TradingNodeConfig
    assert made.exec_clients == clients
    assert str(made.trader_id) == "TRADER-001"
    assert made.cache is None


@only_1x
def test_settings_reach_the_config(tmp_path: Path) -> None:
    """Trader, logging, reconciliation, in-flight checks and Redis arrive in their native fields."""
    made = node(
        trader_id="DESK-7",
        log_level="WARNING",
        log_directory=tmp_path,
        reconciliation=False,
        reconciliation_lookback_mins=60,
        inflight_check_interval_ms=0,
        inflight_check_threshold_ms=200,
        inflight_check_retries=2,
        redis_host="redis.internal",
        redis_port=6380,
    )

    assert str(made.trader_id) == "DESK-7"
    assert (made.logging.log_level, made.logging.log_level_file) == ("WARNING", "WARNING")
    assert made.logging.log_directory == str(tmp_path)
    engine = made.exec_engine
    assert (engine.reconciliation, engine.reconciliation_lookback_mins) == (False, 60)
    assert (engine.inflight_check_interval_ms, engine.inflight_check_threshold_ms) == (0, 200)
    assert engine.inflight_check_retries == 2
    database = made.cache.database
    assert (database.type, database.host, database.port, database.password) == ("redis", "redis.internal", 6380, None)


@only_1x
def test_further_native_fields_reach_the_config() -> None:
    """Engine, logging and node take any further field of their native configs."""
    made = node(exec_engine={"snapshot_orders": True}, logging={"log_colors": False}, timeout_connection=3.0)

    assert made.exec_engine.snapshot_orders is True
    assert made.logging.log_colors is False
    assert made.timeout_connection == 3.0


@only_1x
def test_a_native_cache_passes_through_but_not_beside_redis() -> None:
    """A cache of one's own is possible, and two caches are refused."""
    from nautilus_trader.config import CacheConfig

    assert node(cache=CacheConfig(tick_capacity=7)).cache.tick_capacity == 7
    with pytest.raises(ValueError, match="cache: the factory builds it"):
        node(cache=CacheConfig(), redis_host="localhost")


@only_1x
@pytest.mark.parametrize("oms_type", ["HEDGING", "hedging"])
def test_a_strategy_in_hedging_mode_is_refused(oms_type: str) -> None:
    """A strategy whose config asks for hedging is refused with the reason."""
    strategies = [SimpleNamespace(strategy_path="desk:Grid", config={"oms_type": oms_type})]

    with pytest.raises(ValueError, match=r"strategies: desk:Grid has oms_type=.*#3104"):
        node(strategies=strategies)


@only_1x
@pytest.mark.parametrize("config", [{"oms_type": "NETTING"}, {}, None, SimpleNamespace(oms_type="NETTING")])
def test_a_strategy_in_netting_mode_passes_through(config: Any) -> None:
    """Every other strategy is handed on as it is."""
    strategies = [SimpleNamespace(strategy_path="desk:Grid", config=config)]

    assert node(strategies=strategies).strategies == strategies


@only_1x
def test_a_strategy_config_object_in_hedging_mode_is_refused(native: SimpleNamespace) -> None:
    """The native enum in a config object asks for hedging as well."""
    config = SimpleNamespace(oms_type=native.OmsType.HEDGING)

    with pytest.raises(ValueError, match="#3104"):
        node(strategies=[SimpleNamespace(strategy_path="desk:Grid", config=config)])


@only_2x
def test_the_builder_is_native_and_builds() -> None:
    """The result is NautilusTrader's LiveNodeBuilder, and builds a node of the trader's name."""
    from nautilus_trader.live import LiveNodeBuilder

    builder = node(log_level="OFF", trader_id="TRADER-001")

    assert type(builder) is LiveNodeBuilder
    built = builder.build()
    assert str(built.trader_id) == "TRADER-001"
    assert not built.is_running


@only_2x
def test_settings_reach_the_builder(tmp_path: Path) -> None:
    """Logging, reconciliation, in-flight checks and Redis are in the builder."""
    shown = repr(
        node(
            log_level="WARNING",
            log_directory=tmp_path,
            reconciliation=False,
            reconciliation_lookback_mins=60,
            inflight_check_interval_ms=0,
            inflight_check_threshold_ms=200,
            inflight_check_retries=2,
            redis_host="redis.internal",
            redis_port=6380,
        )
    )

    for part in (
        'trader_id: "TRADER-001"',
        "stdout_level: Warn",
        "fileout_level: Warn",
        str(tmp_path),
        "reconciliation: false",
        "reconciliation_lookback_mins: Some(60)",
        "inflight_check_interval_ms: 0",
        "inflight_check_threshold_ms: 200",
        "inflight_check_retries: 2",
        "cache_database_factory: true",
    ):
        assert part in shown


@only_2x
def test_further_native_fields_reach_the_builder() -> None:
    """Engine and logging take any further field of their native configs."""
    shown = repr(node(exec_engine={"single_order_query_delay_ms": 77}, logging={"is_colored": False}))

    assert "single_order_query_delay_ms: 77" in shown
    assert "is_colored: false" in shown
    assert "cache_database_factory: false" in shown


@only_2x
def test_a_client_of_another_trader_is_refused() -> None:
    """Where the client's config repeats the trader's id, the two must agree."""
    clients = {"BINANCE": SimpleNamespace(trader_id="OTHER-001")}

    with pytest.raises(ValueError, match="trader_id: the node's is 'TRADER-001', its execution client's 'OTHER-001'"):
        create_livenode_builder(clients)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"trader_id": "TRADER"}, "trader_id: 'TRADER' is not a name and a tag with a hyphen"),
        ({"trader_id": 7}, "trader_id: 7 is not a name and a tag"),
        ({"trader_id": "A B-1"}, "trader_id: 'A B-1' is not a name and a tag"),
        ({"log_level": "LOUD"}, "log_level: 'LOUD' is not a level; allowed: OFF, DEBUG, INFO, WARNING, ERROR"),
        ({"reconciliation_lookback_mins": 0}, "reconciliation_lookback_mins: 0 is not a whole number of at least 1"),
        ({"inflight_check_interval_ms": -1}, "inflight_check_interval_ms: -1 is not a whole number of at least 0"),
        ({"inflight_check_threshold_ms": 0}, "inflight_check_threshold_ms: 0 is not a whole number of at least 1"),
        ({"inflight_check_retries": 1.5}, "inflight_check_retries: 1.5 is not a whole number of at least 0"),
        ({"inflight_check_retries": True}, "inflight_check_retries: True is not a whole number of at least 0"),
        ({"redis_host": "localhost", "redis_port": 0}, "redis_port: 0 is not a port from 1 to 65535"),
        ({"exec_engine": {"inflight_check_intervall_ms": 1}}, "the nearest is 'inflight_check_interval_ms'"),
        ({"logging": {"bypas_logging": True}}, "the nearest is 'bypass_logging'"),
    ],
    ids=str,
)
def test_settings_that_cannot_work_are_refused(bad: dict[str, Any], said: str) -> None:
    """Each refusal names the argument, what was given and what is allowed."""
    with pytest.raises(ValueError) as refusal:  # noqa: PT011 - the text is compared below
        node(**bad)

    assert said in str(refusal.value)


def test_a_node_without_clients_is_refused() -> None:
    """An empty mapping of clients is a mistake."""
    with pytest.raises(ValueError, match="exec_clients: empty; pass create_binance_exec_client"):
        create_node({})


@only_1x
def test_an_unknown_node_field_is_refused_with_the_nearest() -> None:
    """A field that TradingNodeConfig lacks is answered with the nearest."""
    with pytest.raises(ValueError, match="has no field 'timeout_conection': the nearest is 'timeout_connection'"):
        node(timeout_conection=1.0)


def test_the_arguments_are_shown_where_they_are_asked_for() -> None:
    """Both functions show the same arguments and defaults; only that of 1.x takes further native ones."""
    one = dict(signature(create_tradingnode_config).parameters)
    two = dict(signature(create_livenode_builder).parameters)

    assert one.pop("native").kind is Parameter.VAR_KEYWORD
    assert one == two
    assert two["inflight_check_interval_ms"].default == 2_000
    assert next(iter(two)) == "exec_clients"

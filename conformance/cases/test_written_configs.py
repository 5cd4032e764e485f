"""A trader's configuration as a file has it, JSON: what it says arrives, and what no version knows is refused."""

from collections.abc import Mapping
from typing import Any

from conformance.kit import Trader, case, require

_RULE = "NautilusTrader, configuration: what an option is called; one that is not there has no effect"
_FUTURES = {"account_type": "USDT_FUTURES"}
_BTC = "BTCUSDT-PERP.BINANCE"


@case.each(
    {
        "OPT-110": {"section": "strategy", "options": {"manage_gtd_expirys": True}},
        "OPT-111": {"section": "strategy", "options": {"external_order_claim": [_BTC]}},
        "OPT-120": {"section": "exec_engine", "options": {"open_check_interval_sec": 5.0}},
        "OPT-130": {"section": "risk_engine", "options": {"max_notional_per_orders": {_BTC: 50_000}}},
        "OPT-131": {"section": "risk_engine", "options": {"max_order_submit_rates": "10/00:00:01"}},
        "OPT-140": {"section": "client", "options": {**_FUTURES, "max_retry": 3}},
        "OPT-150": {"section": "data_client", "options": {**_FUTURES, "update_instruments": 60}},
        "OPT-160": {"section": "cache", "options": {"flush_at_start": True}},
        "OPT-170": {"section": "node", "options": {"timeout_connections": 10.0}},
    },
    tier="full",
    core=["OPT-130"],
    rule=_RULE,
    needs=["unrecordable", "written_configs"],
)
async def test_unknown_option_in_a_file_is_refused(trader: Trader, section: str, options: Mapping[str, Any]) -> None:
    """A {section} that is read from a file with {options} MUST refuse what it does not know, and never pass it over."""
    told = await trader.reads_config(section, **options)

    passed_over = [] if "refused" in told else sorted(set(options) - set(told["kept"]))
    require(not passed_over, "an option that is known or refused", seen=f"{', '.join(passed_over)}: passed over")


_STRATEGY = {
    "order_id_tag": "007",
    "oms_type": "NETTING",
    "external_order_claims": [_BTC],
    "manage_contingent_orders": True,
    "manage_gtd_expiry": True,
    "use_uuid_client_order_ids": True,
}
_EXEC_ENGINE = {
    "reconciliation_lookback_mins": 60,
    "reconciliation_instrument_ids": [_BTC],
    "filter_unclaimed_external_orders": True,
    "filtered_client_order_ids": ["THEIRS-1"],
    "inflight_check_interval_ms": 1_000,
    "open_check_interval_secs": 5.0,
    "open_check_open_only": False,
    "purge_closed_orders_interval_mins": 15,
    "graceful_shutdown_on_exception": True,
}
_RISK_ENGINE = {"max_notional_per_order": {_BTC: 50_000}, "max_order_submit_rate": "10/00:00:01"}
_CLIENT = {
    **_FUTURES,
    "use_reduce_only": False,
    "use_position_ids": False,
    "treat_expired_as_canceled": True,
    "recv_window_ms": 3_000,
    "max_retries": 3,
}
_CACHE = {"encoding": "json", "flush_on_start": True, "buffer_interval_ms": 50, "use_instance_id": True}
_NODE = {"trader_id": "TRADER-007", "timeout_connection": 11.0, "save_state": True, "load_state": True}


@case.each(
    {
        "OPT-210": {"section": "strategy", "options": _STRATEGY},
        "OPT-220": {"section": "exec_engine", "options": _EXEC_ENGINE},
        "OPT-230": {"section": "risk_engine", "options": _RISK_ENGINE},
        "OPT-240": {"section": "client", "options": _CLIENT},
        "OPT-241": {"section": "client", "options": {**_FUTURES, "futures_leverages": {"BTCUSDT": 7}}},
        "OPT-242": {"section": "client", "options": {**_FUTURES, "futures_margin_types": {"BTCUSDT": "ISOLATED"}}},
        "OPT-243": {"section": "client", "options": {**_FUTURES, "instrument_provider": {"load_ids": [_BTC]}}},
        "OPT-250": {"section": "data_client", "options": {**_FUTURES, "use_agg_trade_ticks": True}},
        "OPT-260": {"section": "cache", "options": _CACHE},
        "OPT-270": {"section": "node", "options": _NODE},
    },
    tier="full",
    core=["OPT-240", "OPT-241"],
    rule="NautilusTrader, configuration: what a config is told, it has",
    needs=["unrecordable", "written_configs"],
)
async def test_option_in_a_file_arrives(trader: Trader, section: str, options: Mapping[str, Any]) -> None:
    """A {section} that is read from a file MUST have of each option what the file says."""
    told = await trader.reads_config(section, **options)

    require("refused" not in told, "a config that is made of what it knows", seen=told.get("refused", ""))
    lost = [name for name, said in options.items() if not _is_there(said, told["values"].get(name))]
    require(not lost, "each option as the file has it", seen=f"{', '.join(lost)}: lost")


def _is_there(said: Any, found: Any) -> bool:
    """Whether what is found has all that was said; what a config has by default stands beside it."""
    if isinstance(said, Mapping):
        return isinstance(found, Mapping) and all(_is_there(value, found.get(name)) for name, value in said.items())
    return bool(said == found)

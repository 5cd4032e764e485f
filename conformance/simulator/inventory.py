"""What the simulator has: every endpoint, method and event, with the points that the reference leaves open.

For the table in the documentation, and for whoever checks the simulator against other clients.
"""

from dataclasses import dataclass
from typing import Literal

from conformance.simulator.rest.table import BY_PATH
from conformance.simulator.wsapi import BY_METHOD, SESSION_METHODS

EVENTS: dict[str, str] = {
    "ORDER_TRADE_UPDATE": "",
    "TRADE_LITE": "several fills: Options.trade_lites_first",
    "ACCOUNT_UPDATE": "break-even of a changed position: Options.break_even_includes_realised",
    "ACCOUNT_CONFIG_UPDATE": "",
    "ALGO_UPDATE": "place of TRIGGERED: Options.algo_triggered_event; distance of FINISHED: Options.algo_lag_ms",
    "MARGIN_CALL": "when it is sent: Options.margin_call_ratio",
    "listenKeyExpired": "",
    "CONDITIONAL_ORDER_TRIGGER_REJECT": "deprecated: Options.legacy_trigger_reject",
    "STRATEGY_UPDATE": "only by Control.announce_strategy",
    "GRID_UPDATE": "only by Control.announce_strategy",
}
"""Every user event, with its open points."""

OPEN_POINTS: dict[str, str] = {
    "GET /fapi/v1/openAlgoOrders": "trailing orders keep activatePrice and callbackRate: unknown to the SDK here",
    "GET /fapi/v1/allAlgoOrders": "trailing orders keep activatePrice and callbackRate: unknown to the SDK here",
    "algoOrder.place": "trailing orders have activatePrice and callbackRate as over REST: unknown to the SDK here",
    "POST /fapi/v1/algoOrder": "tick of triggerPrice: Options.trigger_tick_enforced",
    "PUT /fapi/v1/order": "a GTX order that would take: Options.amended_gtx_crossing",
    "GET /fapi/v1/algoOrder": "-2013 of a live order seen once in production: Control.answer_with",
    "GET /fapi/v1/openInterest": "other traders' positions are not modelled",
    "GET /fapi/v1/apiTradingStatus": "no indicator is ever violated",
    "GET /fapi/v1/pmAccountInfo": "the account is no portfolio margin account",
    "GET /fapi/v1/tradingSchedule": "no TradFi contract is listed",
    "GET /fapi/v1/klines": "candles before the simulator's start are made up: a wave that ends at the starting price",
    "GET /fapi/v1/premiumIndexKlines": "mark and index are one: the premium is 0",
    "GET /fapi/v1/assetIndex": "buffers of all assets but USDT and USDC are 5 %",
    "GET /fapi/v1/indexInfo": "composite indexes are half BTC, half ETH",
    "GET /fapi/v1/insuranceBalance": "one fund of a fixed balance",
    "GET /fapi/v1/rpiDepth": "same as depth: RPI orders of others are not modelled",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the table."""

    kind: Literal["REST", "WS API", "event"]
    name: str
    open_points: str


def inventory() -> list[Entry]:
    """Return everything there is, in the order of its tables."""
    rest = [route.endpoint.route for route in BY_PATH.values()]
    methods = [*BY_METHOD, *SESSION_METHODS]
    return [
        *(Entry("REST", name, OPEN_POINTS.get(name, "")) for name in rest),
        *(Entry("WS API", name, OPEN_POINTS.get(name, "")) for name in methods),
        *(Entry("event", name, points) for name, points in EVENTS.items()),
    ]

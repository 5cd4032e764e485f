"""The Algo service's endpoints (sections 6 and 11)."""

from typing import Any

from conformance.simulator.algo.request import read_new_algo
from conformance.simulator.errors import EITHER, Refusal
from conformance.simulator.exchange import Exchange
from conformance.simulator.params import Params
from conformance.simulator.rest import algo_shapes
from conformance.simulator.rest.order_queries import DAY_MS, window
from conformance.simulator.rest.orders import DONE


def _either_id(params: Params) -> tuple[int | None, str | None]:
    algo_id, client_id = params.long("algoId"), params.text("clientAlgoId")
    if algo_id is None and client_id is None:
        raise Refusal(EITHER, "algoId", "clientAlgoId")
    return algo_id, client_id


def place(exchange: Exchange, params: Params) -> dict[str, Any]:
    """POST /algoOrder, algoOrder.place."""
    venue = exchange.venue
    instrument, algo = read_new_algo(params, venue.market, venue.account, venue.options, venue.clock.now_ms())
    return algo_shapes.placed(venue.algo.place(instrument, algo))


def cancel(exchange: Exchange, params: Params) -> dict[str, Any]:
    """DELETE /algoOrder, algoOrder.cancel."""
    return algo_shapes.cancelled(exchange.venue.algo.cancel(*_either_id(params)))


def cancel_all(exchange: Exchange, params: Params) -> dict[str, Any]:
    """DELETE /algoOpenOrders."""
    exchange.venue.algo.cancel_all(exchange.venue.market.find(params.required("symbol")).symbol.name)
    return DONE


def query(exchange: Exchange, params: Params) -> dict[str, Any]:
    """GET /algoOrder."""
    algo = exchange.venue.algo.find(*_either_id(params))
    return algo_shapes.queried(algo, trailing=exchange.venue.options.trailing_shown_in_queries)


def open_orders(exchange: Exchange, params: Params) -> list[dict[str, Any]]:
    """GET /openAlgoOrders."""
    symbol, algo_id = params.text("symbol"), params.long("algoId")
    if symbol is not None:
        exchange.venue.market.find(symbol)
    return [
        algo_shapes.listed(algo, trailing=exchange.venue.options.trailing_shown_in_queries)
        for algo in exchange.venue.algo.open.values()
        if symbol in (None, algo.symbol.name) and algo_id in (None, algo.id)
    ]


def all_orders(exchange: Exchange, params: Params) -> list[dict[str, Any]]:
    """GET /allAlgoOrders: newest first [PROD]; `algoId` means ids from there on, most recent otherwise."""
    venue = exchange.venue
    symbol = venue.market.find(params.required("symbol")).symbol.name
    from_id = params.long("algoId")
    limit = params.limit(500, 1000)
    page = max(1, params.long("page") or 1)
    now_ms = venue.clock.now_ms()
    start, end = window(params, now_ms)
    rows = [
        algo
        for algo in venue.algo.by_symbol.get(symbol, {}).values()
        if (algo.id >= from_id if from_id is not None else start <= algo.create_ms <= end)
        and not (algo.status in ("CANCELED", "EXPIRED") and now_ms - algo.create_ms > 3 * DAY_MS)
    ]
    stop = len(rows) - (page - 1) * limit
    shown = venue.options.trailing_shown_in_queries
    chosen = rows[max(0, stop - limit) : max(0, stop)]
    return [algo_shapes.remembered(algo, trailing=shown) for algo in reversed(chosen)]

"""Reading a new algo order from a request (sections 10.1, 10.4, 10.6, 11)."""

from dataclasses import dataclass
from decimal import Decimal

from conformance.simulator.accounts.account import Account
from conformance.simulator.errors import (
    CLOSE_POSITION_QUANTITY,
    CLOSE_POSITION_TYPE,
    INVALID_PARAMETER,
    INVALID_SIDE,
    INVALID_TIF,
    INVALID_TYPE,
    INVALID_WORKING_TYPE,
    MANDATORY,
    NOT_REQUIRED,
    POSITION_SIDE_MISMATCH,
    TRIGGER_ABOVE_MAX,
    TRIGGER_NEGATIVE,
    WOULD_TRIGGER,
    Refusal,
)
from conformance.simulator.market.instrument import Instrument
from conformance.simulator.market.market import Market
from conformance.simulator.model.algo_order import AlgoOrder
from conformance.simulator.model.symbol import Symbol
from conformance.simulator.model.words import (
    CONDITIONAL_TYPES,
    ORDER_TYPES,
    SIDES,
    WORKING_TYPES,
    OrderType,
    PriceMatch,
    TimeInForce,
)
from conformance.simulator.numbers import ZERO
from conformance.simulator.options import Options
from conformance.simulator.orders.filters import check_notional, check_price, check_quantity
from conformance.simulator.orders.request import (
    read_client_id,
    read_good_till,
    read_position_side,
    read_price_match,
    read_reduce_only,
    read_response_type,
    read_stp,
)
from conformance.simulator.params import Params

TIFS: tuple[TimeInForce, ...] = ("GTC", "IOC", "FOK", "GTX", "GTD", "GTE_GTC")
CALLBACK_RATE_MIN = Decimal("0.1")


def read_new_algo(
    params: Params, market: Market, account: Account, options: Options, now_ms: int
) -> tuple[Instrument, AlgoOrder]:
    """Return instrument and algo order (its ids not yet given) that POST /algoOrder or algoOrder.place describe."""
    if params.required("algoType") != "CONDITIONAL":
        raise Refusal(INVALID_PARAMETER, "algoType")
    instrument = market.find(params.required("symbol"))
    algo = _read_order(params, instrument.symbol, account, options, now_ms)
    read_response_type(params)
    _check_filters(instrument.symbol, algo, options)
    return instrument, algo


def _read_order(params: Params, symbol: Symbol, account: Account, options: Options, now_ms: int) -> AlgoOrder:
    """Return the order; of several faults the venue names the first in this order of reading."""
    side = params.required_choice("side", SIDES, INVALID_SIDE)
    type_ = _read_type(params)
    close_position = _read_close_position(params, type_)
    quantity = ZERO if close_position else params.required_decimal("quantity")
    prices = _read_prices(params, type_, options)
    tif = params.choice("timeInForce", TIFS, INVALID_TIF) or "GTC"
    position_side = read_position_side(params, account)
    if close_position and (position_side, side) in (("LONG", "BUY"), ("SHORT", "SELL")):
        raise Refusal(POSITION_SIDE_MISMATCH)
    reduce_only = _read_reduce_only(params, account, close_position=close_position)
    return AlgoOrder(
        id=0,
        client_id=read_client_id(params, "clientAlgoId") or "",
        symbol=symbol,
        side=side,
        position_side=position_side,
        type=type_,
        tif="GTE_GTC" if close_position else tif,
        quantity=quantity,
        price=prices.limit,
        trigger=prices.trigger,
        create_ms=now_ms,
        update_ms=now_ms,
        working_type=params.choice("workingType", WORKING_TYPES, INVALID_WORKING_TYPE) or "CONTRACT_PRICE",
        price_match=prices.match,
        close_position=close_position,
        price_protect=bool(params.flag("priceProtect")),
        reduce_only=reduce_only,
        stp=read_stp(params, options),
        good_till_ms=read_good_till(params, tif, now_ms),
        callback=prices.callback,
        activate=prices.activate,
    )


def _read_type(params: Params) -> OrderType:
    type_ = params.required_choice("type", ORDER_TYPES, INVALID_TYPE)
    if type_ not in CONDITIONAL_TYPES:
        raise Refusal(INVALID_TYPE)
    return type_


def _read_close_position(params: Params, type_: str) -> bool:
    """Return whether the order closes the whole position, which only some types do, and never by a quantity."""
    if not params.flag("closePosition"):
        return False
    if type_ not in ("STOP_MARKET", "TAKE_PROFIT_MARKET"):
        raise Refusal(CLOSE_POSITION_TYPE, type_, "true")
    if params.has("quantity"):
        raise Refusal(CLOSE_POSITION_QUANTITY)
    return True


def _read_reduce_only(params: Params, account: Account, *, close_position: bool) -> bool:
    reduce_only = read_reduce_only(params, account)
    if close_position and params.has("reduceOnly") and reduce_only:
        raise Refusal(NOT_REQUIRED, "reduceonly")
    # closePosition is reported as reduce-only (10.4), in the mode that knows reduce-only.
    return reduce_only or (close_position and not account.hedged)


@dataclass(frozen=True, slots=True)
class _Prices:
    """By which prices an algo order triggers and what it then asks for; 0 for what its type does not have."""

    limit: Decimal
    match: PriceMatch
    trigger: Decimal
    callback: Decimal
    activate: Decimal


def _read_prices(params: Params, type_: OrderType, options: Options) -> _Prices:
    trailing = type_ == "TRAILING_STOP_MARKET"
    limit = type_ in ("STOP", "TAKE_PROFIT")
    trigger = ZERO if trailing else params.required_decimal("triggerPrice")
    match = read_price_match(params, type_)
    price = params.required_decimal("price") if limit and match == "NONE" else ZERO
    if not limit and params.has("price"):
        raise Refusal(NOT_REQUIRED, "price")
    if trailing and params.has("triggerPrice") and options.trailing_with_trigger_price == "refused":
        raise Refusal(WOULD_TRIGGER)
    callback, activate = _trailing(params, options) if trailing else (ZERO, ZERO)
    return _Prices(price, match, trigger, callback, activate)


def _trailing(params: Params, options: Options) -> tuple[Decimal, Decimal]:
    callback = params.decimal("callbackRate")
    if callback is None:
        raise Refusal(MANDATORY, "callbackRate")
    if not CALLBACK_RATE_MIN <= callback <= options.callback_rate_max:
        raise Refusal(INVALID_PARAMETER, "callbackRate")
    return callback, params.decimal("activatePrice") or ZERO


def _check_filters(symbol: Symbol, algo: AlgoOrder, options: Options) -> None:
    market = algo.type not in ("STOP", "TAKE_PROFIT")
    if not algo.close_position:
        check_quantity(symbol, algo.quantity, market=market)
    for price in (algo.trigger, algo.activate):
        if price or (price is algo.trigger and not algo.is_trailing):
            check_price(
                symbol, price, tick=options.trigger_tick_enforced, negative=TRIGGER_NEGATIVE, above=TRIGGER_ABOVE_MAX
            )
    if algo.price or (not market and algo.price_match == "NONE"):
        check_price(symbol, algo.price)
    reference = algo.price or algo.trigger or algo.activate
    if reference and not algo.reduce_only and not algo.close_position:
        check_notional(symbol, reference, algo.quantity)

"""Reading a new order from a request, in Binance's order of checking where it is known (sections 5, 10)."""

from dataclasses import dataclass
from decimal import Decimal

from conformance.simulator.accounts.account import Account
from conformance.simulator.errors import (
    CLIENT_ID_LENGTH,
    CLOSE_POSITION_TYPE,
    GOOD_TILL_DATE,
    ILLEGAL_CHARACTERS,
    INVALID_POSITION_SIDE,
    INVALID_PRICE_MATCH,
    INVALID_RESPONSE_TYPE,
    INVALID_SIDE,
    INVALID_STP,
    INVALID_TIF,
    INVALID_TYPE,
    MANDATORY,
    NOT_REQUIRED,
    POSITION_SIDE_MISMATCH,
    PRICE_MATCH_TYPE,
    USE_ALGO,
    Refusal,
)
from conformance.simulator.market.instrument import Instrument
from conformance.simulator.market.market import Market
from conformance.simulator.model.words import (
    CONDITIONAL_TYPES,
    ORDER_TYPES,
    POSITION_SIDES,
    PRICE_MATCHES,
    SIDES,
    STP_MODES,
    OrderType,
    PositionSide,
    PriceMatch,
    Side,
    StpMode,
    TimeInForce,
    WorkingType,
    only_closes,
)
from conformance.simulator.numbers import ZERO
from conformance.simulator.options import Options
from conformance.simulator.params import CLIENT_ID, CLIENT_ID_RANGE, Params

TIFS: tuple[TimeInForce, ...] = ("GTC", "IOC", "FOK", "GTX", "GTD", "RPI")
GTD_LATEST_MS = 253_402_300_799_000
GTD_LEAST_AHEAD_MS = 600_000


@dataclass(slots=True)
class NewOrder:
    """What someone asks for. `price` is None for MARKET and where `price_match` gives it."""

    instrument: Instrument
    side: Side
    position_side: PositionSide
    type: OrderType
    tif: TimeInForce
    quantity: Decimal
    price: Decimal | None
    reduce_only: bool = False
    close_position: bool = False
    client_id: str | None = None
    response: str = "ACK"
    price_match: PriceMatch = "NONE"
    stp: StpMode = "EXPIRE_MAKER"
    good_till_ms: int = 0
    working_type: WorkingType = "CONTRACT_PRICE"
    price_protect: bool = False

    @property
    def closing(self) -> bool:
        """Whether it can only reduce: exempt from throttling, allowed before settlement."""
        return only_closes(reduce_only=self.reduce_only, position_side=self.position_side, side=self.side)


def read_client_id(params: Params, name: str) -> str | None:
    """Return a client's own id, None where none was sent; refuses a bad one (-4015 too long, -1100 other letters)."""
    value = params.text(name)
    if value is None:
        return None
    if len(value) > 36:
        raise Refusal(CLIENT_ID_LENGTH)
    if CLIENT_ID.fullmatch(value) is None:
        raise Refusal(ILLEGAL_CHARACTERS, name, CLIENT_ID_RANGE)
    return value


def read_position_side(params: Params, account: Account) -> PositionSide:
    """Return BOTH, LONG or SHORT; refuses what the account's mode does not use (-4061)."""
    side = params.choice("positionSide", POSITION_SIDES, INVALID_POSITION_SIDE) or "BOTH"
    if (side != "BOTH") != account.hedged:
        raise Refusal(POSITION_SIDE_MISMATCH)
    return side


def read_good_till(params: Params, tif: str, now_ms: int) -> int:
    """Return the end of a GTD order in ms, second precision; 0 for every other time in force (10.2)."""
    if tif != "GTD":
        return 0
    good_till = params.required_long("goodTillDate")
    if not now_ms + GTD_LEAST_AHEAD_MS < good_till < GTD_LATEST_MS:
        raise Refusal(GOOD_TILL_DATE)
    return good_till // 1000 * 1000


def read_price_match(params: Params, type_: OrderType) -> PriceMatch:
    """Return the price match mode; refuses unknown or disabled ones and the wrong types (10.5)."""
    mode = params.choice("priceMatch", PRICE_MATCHES, INVALID_PRICE_MATCH) or "NONE"
    if mode != "NONE":
        if type_ not in ("LIMIT", "STOP", "TAKE_PROFIT"):
            raise Refusal(PRICE_MATCH_TYPE)
        if params.has("price"):
            raise Refusal(NOT_REQUIRED, "price")
    return mode


def read_stp(params: Params, options: Options) -> StpMode:
    """Return the self-trade prevention mode; NONE is no longer offered and means the default (10.7)."""
    mode = params.choice("selfTradePreventionMode", STP_MODES, INVALID_STP)
    return options.default_stp if mode in (None, "NONE") else mode


def read_response_type(params: Params) -> str:
    """Return ACK or RESULT."""
    return params.choice("newOrderRespType", ("ACK", "RESULT"), INVALID_RESPONSE_TYPE) or "ACK"


def read_reduce_only(params: Params, account: Account) -> bool:
    """Return the flag; in hedge mode it must not be sent at all (-1106)."""
    flag = params.flag("reduceOnly")
    if flag is not None and account.hedged:
        raise Refusal(NOT_REQUIRED, "reduceonly")
    return bool(flag)


def read_new_order(params: Params, market: Market, account: Account, options: Options, now_ms: int) -> NewOrder:
    """Return the order that the parameters of POST /order, one of batchOrders, or order.place describe."""
    instrument = market.find(params.required("symbol"))
    side = params.required_choice("side", SIDES, INVALID_SIDE)
    type_ = params.required_choice("type", ORDER_TYPES, INVALID_TYPE)
    close_position = bool(params.flag("closePosition"))
    quantity = params.decimal("quantity")
    if quantity is None and not close_position:
        raise Refusal(MANDATORY, "quantity")
    if type_ in CONDITIONAL_TYPES:
        raise Refusal(USE_ALGO)
    if close_position:
        raise Refusal(CLOSE_POSITION_TYPE, type_, "true")
    price_match = read_price_match(params, type_)
    if type_ == "MARKET":
        for name in ("timeInForce", "price", "stopPrice"):
            if params.has(name):
                raise Refusal(NOT_REQUIRED, name)
        tif: TimeInForce = "GTC"
        price = None
    else:
        tif = params.required_choice("timeInForce", TIFS, INVALID_TIF)
        if params.has("stopPrice"):
            raise Refusal(NOT_REQUIRED, "stopPrice")
        price = None if price_match != "NONE" else params.required_decimal("price")
    return NewOrder(
        instrument=instrument,
        side=side,
        type=type_,
        tif=tif,
        quantity=quantity if quantity is not None else ZERO,
        price=price,
        position_side=read_position_side(params, account),
        reduce_only=read_reduce_only(params, account),
        client_id=read_client_id(params, "newClientOrderId"),
        response=read_response_type(params),
        price_match=price_match,
        stp=read_stp(params, options),
        good_till_ms=read_good_till(params, tif, now_ms),
    )

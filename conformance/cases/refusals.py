"""The venue's refusals for good: its codes with the words it gives them, and whom each can meet.

Texts as in binance-usdm, section 5, where they were seen on the wire, else as Binance's page of error codes has them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from conformance.kit import AxisValue, CheckError, Order, require


@dataclass(frozen=True, kw_only=True)
class Refusal(AxisValue):
    """One of the venue's answers that refuse for good: nothing was done, and the same request is refused again."""

    code: int
    text: str
    status: int = 400

    @property
    def body(self) -> dict[str, object]:
        """What the venue answers with."""
        return {"code": self.code, "msg": self.text}

    def is_told_by(self, reason: str) -> None:
        """Fail unless the reason of a trader's event has the venue's code and its words."""
        require(str(self.code) in reason, "the venue's code in the reason of the refusal", seen=reason)
        require(self.text in reason, f"the venue's words in the reason of the refusal, {self.text!r}", seen=reason)


def _refused(code: int, text: str, status: int = 400) -> Refusal:
    return Refusal(name=f"{-code}", words=str(code), code=code, text=text, status=status)


KEY_REFUSED = _refused(-2015, "Invalid API-key, IP, or permissions for action", 401)
MALFORMED = _refused(-1102, "Mandatory parameter 'quantity' was not sent, was empty/null, or malformed.")
NO_SYMBOL = _refused(-1121, "Invalid symbol.")
NO_MARGIN = _refused(-2019, "Margin is insufficient.")
REDUCE_ONLY = _refused(-2022, "ReduceOnly Order is rejected.")
LEVERAGE = _refused(-2027, "Exceeded the maximum allowable position at current leverage.")
TOO_HIGH = _refused(-4016, "Limit price can't be higher than 74200.10.")
TICK = _refused(-4014, "Price not increased by tick size.")
STEP = _refused(-4023, "Qty not increased by step size.")
NOTIONAL = _refused(-4164, "Order's notional must be no smaller than 50 (unless you choose reduce only).")
POSITION_SIDE = _refused(-4061, "Order's position side does not match user's setting.")
MAKER = _refused(
    -5022,
    "Due to the order could not be executed as maker, the Post Only order will be rejected. "
    "The order will not be recorded in the order history",
)

#: What any new order can meet.
OF_ORDERS = (
    MALFORMED,
    _refused(-1106, "Parameter 'reduceonly' sent when not required."),
    _refused(-1111, "Precision is over the maximum defined for this asset."),
    _refused(-1115, "Invalid timeInForce."),
    _refused(-1116, "Invalid orderType."),
    _refused(-1117, "Invalid side."),
    NO_SYMBOL,
    _refused(-2014, "API-key format invalid.", 401),
    KEY_REFUSED,
    NO_MARGIN,
    REDUCE_ONLY,
    _refused(-2026, "This OrderType is not supported when reduceOnly."),
    LEVERAGE,
    _refused(-4003, "Quantity less than or equal to zero."),
    _refused(-4005, "Quantity greater than max quantity."),
    _refused(-4015, "Client order id length should be less than 36 chars"),
    STEP,
    POSITION_SIDE,
    NOTIONAL,
)
#: What an order with a price can meet beyond it.
OF_PRICES = (
    TICK,
    TOO_HIGH,
    _refused(-4024, "Limit price can't be lower than 67133.50."),
    _refused(-2025, "Reach max open order limit."),
    _refused(
        -5021,
        "Due to the order could not be filled immediately, the FOK order has been rejected. "
        "The order will not be recorded in the order history",
    ),
    MAKER,
)
#: What a market order can meet beyond it.
OF_MARKET_ORDERS = (_refused(-4131, "The counterparty's best price does not meet the PERCENT_PRICE filter limit."),)
#: What a conditional order can meet beyond it.
OF_STOPS = (
    TICK,
    _refused(-2021, "Order would immediately trigger."),
    _refused(-4045, "Reach max stop order limit."),
    _refused(-4120, "Order type not supported for this endpoint. Please use the Algo Order API endpoints instead."),
    _refused(-4130, "An open stop or take profit order with GTE and closePosition in the direction is existing."),
    _refused(-4136, "Quantity must be zero with closePosition equals true"),
    _refused(-4137, "Reduce only must be true with closePosition equals true"),
    _refused(-4138, "Order type can not be market if it's unable to cancel"),
    _refused(-4509, "Time in Force (TIF) GTE can only be used with open positions. Please ensure that positions."),
)
#: What a cancellation can meet.
OF_CANCELLATIONS = (
    MALFORMED,
    NO_SYMBOL,
    _refused(-2011, "Unknown order sent."),
    KEY_REFUSED,
)
#: What an amendment can meet.
OF_AMENDMENTS = (
    MALFORMED,
    _refused(-1111, "Precision is over the maximum defined for this asset."),
    NO_SYMBOL,
    _refused(-2013, "Order does not exist."),
    KEY_REFUSED,
    NO_MARGIN,
    LEVERAGE,
    TICK,
    TOO_HIGH,
    STEP,
    NOTIONAL,
    MAKER,
    _refused(-5026, "Exceed maximum modify order limit."),
    _refused(-5027, "No need to modify the order."),
    _refused(-5047, "The original order is not a reduce-only order"),
)


def all_of(*several: Iterable[Refusal]) -> tuple[Refusal, ...]:
    """Return the refusals of several tables, each once."""
    return tuple({refusal.name: refusal for table in several for refusal in table}.values())


def is_as_before(order: Order, before: object, after: object) -> None:
    """Fail if a refused wish changed what the trader's books say of the order."""
    if before != after:
        raise CheckError(
            f"order {order.id} in the trader's books",
            required=f"as before the refusal: {before}",
            seen=str(after),
            signature=f"{order.label} was changed by a refused wish",
        )

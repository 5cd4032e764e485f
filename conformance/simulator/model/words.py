"""The closed vocabularies of the venue: what may stand in an order, an algo order, a position or a symbol."""

from typing import Literal, get_args

Side = Literal["BUY", "SELL"]
PositionSide = Literal["BOTH", "LONG", "SHORT"]
OrderType = Literal[
    "LIMIT", "MARKET", "STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET", "TRAILING_STOP_MARKET", "LIQUIDATION"
]
"""LIQUIDATION is never asked for: the venue gives it to its own orders (9.1)."""
TimeInForce = Literal["GTC", "IOC", "FOK", "GTX", "GTD", "RPI", "GTE_GTC"]
OrderStatus = Literal["NEW", "PARTIALLY_FILLED", "FILLED", "CANCELED", "EXPIRED", "EXPIRED_IN_MATCH"]
AlgoStatus = Literal["NEW", "CANCELED", "EXPIRED", "TRIGGERING", "TRIGGERED", "FINISHED", "REJECTED"]
Execution = Literal["NEW", "TRADE", "CANCELED", "EXPIRED", "AMENDMENT", "CALCULATED"]
WorkingType = Literal["MARK_PRICE", "CONTRACT_PRICE"]
StpMode = Literal["EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "NONE"]
PriceMatch = Literal["NONE", "OPPONENT", "OPPONENT_5", "QUEUE", "QUEUE_5", "QUEUE_10", "QUEUE_20"]
"""OPPONENT_10 and OPPONENT_20 are disabled since 2025-10-23 (2)."""
SymbolStatus = Literal[
    "TRADING",
    "PENDING_TRADING",
    "PRE_DELIVERING",
    "DELIVERING",
    "DELIVERED",
    "PRE_SETTLE",
    "SETTLING",
    "CLOSE",
    "TRADING_HALT",
    "TRADING_CANCEL_ONLY",
]
Cause = Literal["liquidation", "adl", "settlement", "delivery"]
"""Why the venue itself places an order."""
ForcedExecution = Literal["CALCULATED", "TRADE"]
BalanceReason = Literal[
    "DEPOSIT",
    "WITHDRAW",
    "ORDER",
    "FUNDING_FEE",
    "WITHDRAW_REJECT",
    "ADJUSTMENT",
    "INSURANCE_CLEAR",
    "ADMIN_DEPOSIT",
    "ADMIN_WITHDRAW",
    "MARGIN_TRANSFER",
    "MARGIN_TYPE_CHANGE",
    "ASSET_TRANSFER",
    "OPTIONS_PREMIUM_FEE",
    "OPTIONS_SETTLE_PROFIT",
    "AUTO_EXCHANGE",
    "COIN_SWAP_DEPOSIT",
    "COIN_SWAP_WITHDRAW",
]
"""Reason of an ACCOUNT_UPDATE (9.3)."""

SIDES: tuple[Side, ...] = get_args(Side)
POSITION_SIDES: tuple[PositionSide, ...] = get_args(PositionSide)
CONDITIONAL_TYPES: tuple[OrderType, ...] = (
    "STOP",
    "STOP_MARKET",
    "TAKE_PROFIT",
    "TAKE_PROFIT_MARKET",
    "TRAILING_STOP_MARKET",
)
ORDER_TYPES: tuple[OrderType, ...] = ("LIMIT", "MARKET", *CONDITIONAL_TYPES)
"""The types that a client may ask for."""
WORKING_TYPES: tuple[WorkingType, ...] = get_args(WorkingType)
STP_MODES: tuple[StpMode, ...] = get_args(StpMode)
PRICE_MATCHES: tuple[PriceMatch, ...] = get_args(PriceMatch)
FORCED_EXECUTIONS: tuple[ForcedExecution, ...] = get_args(ForcedExecution)
BALANCE_REASONS: tuple[BalanceReason, ...] = get_args(BalanceReason)
SYMBOL_STATUSES: tuple[SymbolStatus, ...] = get_args(SymbolStatus)

OPEN: tuple[OrderStatus, ...] = ("NEW", "PARTIALLY_FILLED")
"""The statuses in which an order can still trade."""


def opposite(side: str) -> Side:
    """Return the other side."""
    return "SELL" if side == "BUY" else "BUY"


def only_closes(*, reduce_only: bool, position_side: str, side: str) -> bool:
    """Return whether an order can only reduce: reduce-only, or the closing direction of a hedged side."""
    return reduce_only or (position_side, side) in (("LONG", "SELL"), ("SHORT", "BUY"))

"""The venue's refusals as data: code, HTTP status, message and where the rule is written.

`source` names the section of the reference page on Binance USDⓈ-M that states the rule; [INF] there means inferred.
Messages carry `{}` where the venue fills something in.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """One way of refusing: Binance's code, the HTTP status it comes with, its words, and where they are documented."""

    code: int
    status: int
    message: str
    source: str


class Refusal(Exception):  # noqa: N818  (a refusal is the venue's answer, not an error of the program)
    """A request that the venue refuses, with what it says about it."""

    def __init__(self, rule: Rule, *filling: object, headers: Mapping[str, str] | None = None) -> None:
        self.code = rule.code
        self.status = rule.status
        self.message = rule.message.format(*filling) if filling else rule.message
        self.headers: dict[str, str] = dict(headers or {})
        super().__init__(f"{self.code}: {self.message}")

    def body(self) -> dict[str, object]:
        """Return the answer's body."""
        return {"code": self.code, "msg": self.message}


RULES: dict[str, Rule] = {}
"""Every rule by its name, for tables and tests."""


def _rule(name: str, code: int, message: str, source: str, status: int = 400) -> Rule:
    RULES[name] = Rule(code, status, message, source)
    return RULES[name]


# --- the request as such
INTERNAL = _rule(
    "INTERNAL", -1001, "Internal error; unable to process your request. Please try again.", "5 (503-D)", 503
)
UNKNOWN_ERROR = _rule(
    "UNKNOWN_ERROR", -1000, "Unknown error, please check your request or try again later.", "5 (503-A)", 503
)
UNAVAILABLE = _rule("UNAVAILABLE", -1000, "Service Unavailable.", "5 (503-B)", 503)
THROTTLED = _rule(
    "THROTTLED",
    -1008,
    "Request throttled by system-level protection. Reduce-only/close-position orders are exempt. Please try again.",
    "5 (503-C)",
    503,
)
TIMED_OUT = _rule(
    "TIMED_OUT",
    -1007,
    "Timeout waiting for response from backend server. Send status unknown; execution status unknown.",
    "5",
    408,
)
TOO_MANY_REQUESTS = _rule(
    "TOO_MANY_REQUESTS",
    -1003,
    "Too many requests; current limit of IP({}) is {} requests per minute. "
    "Please use the websocket for live updates to avoid polling the API.",
    "4",
    429,
)
BANNED = _rule(
    "BANNED",
    -1003,
    "Way too many requests; IP({}) banned until {}. Please use the websocket for live updates to avoid bans.",
    "4",
    418,
)
TOO_MANY_ORDERS = _rule("TOO_MANY_ORDERS", -1015, "Too many new orders; current limit is {} orders per {}.", "4", 429)
BAD_TIMESTAMP = _rule("BAD_TIMESTAMP", -1021, "Timestamp for this request is outside of the recvWindow.", "3")
EARLY_TIMESTAMP = _rule(
    "EARLY_TIMESTAMP", -1021, "Timestamp for this request was 1000ms ahead of the server's time.", "3"
)
BAD_SIGNATURE = _rule("BAD_SIGNATURE", -1022, "Signature for this request is not valid.", "3")
UNREADABLE = _rule(
    "UNREADABLE", -1000, "An unknown error occurred while processing the request.", "Appendix C; [INF] for a bad body"
)
START_AFTER_END = _rule("START_AFTER_END", -1023, "Start time is greater than end time.", "Appendix C")
ILLEGAL_CHARACTERS = _rule(
    "ILLEGAL_CHARACTERS",
    -1100,
    "Illegal characters found in parameter '{}'; legal range is '{}'.",
    "Appendix C",
)
TOO_MANY_PARAMETERS = _rule(
    "TOO_MANY_PARAMETERS", -1101, "Too many parameters; expected '{}' and received '{}'.", "Appendix C"
)
DUPLICATE_PARAMETER = _rule("DUPLICATE_PARAMETER", -1101, "Duplicate values for parameter '{}' detected.", "Appendix C")
MANDATORY = _rule(
    "MANDATORY", -1102, "Mandatory parameter '{}' was not sent, was empty/null, or malformed.", "5, Appendix C"
)
EITHER = _rule("EITHER", -1102, "Param '{}' or '{}' must be sent, but both were empty/null!", "5, Appendix C")
EMPTY = _rule("EMPTY", -1105, "Parameter '{}' was empty.", "Appendix C")
NOT_REQUIRED = _rule("NOT_REQUIRED", -1106, "Parameter '{}' sent when not required.", "5")
PRECISION = _rule("PRECISION", -1111, "Precision is over the maximum defined for this asset.", "5, 15")
INVALID_TIF = _rule("INVALID_TIF", -1115, "Invalid timeInForce.", "5")
INVALID_TYPE = _rule("INVALID_TYPE", -1116, "Invalid orderType.", "5")
INVALID_SIDE = _rule("INVALID_SIDE", -1117, "Invalid side.", "5")
INVALID_INTERVAL = _rule("INVALID_INTERVAL", -1120, "Invalid interval.", "Appendix C")
INVALID_SYMBOL = _rule("INVALID_SYMBOL", -1121, "Invalid symbol.", "5")
INVALID_SYMBOL_STATUS = _rule("INVALID_SYMBOL_STATUS", -1122, "Invalid symbol status.", "Appendix C")
UNKNOWN_LISTEN_KEY = _rule("UNKNOWN_LISTEN_KEY", -1125, "This listenKey does not exist.", "5")
BAD_COMBINATION = _rule("BAD_COMBINATION", -1128, "Combination of optional parameters invalid.", "Appendix C")
INVALID_PARAMETER = _rule("INVALID_PARAMETER", -1130, "Data sent for parameter '{}' is not valid.", "Appendix C")
INVALID_RESPONSE_TYPE = _rule("INVALID_RESPONSE_TYPE", -1136, "Invalid newOrderRespType.", "Appendix C")
INVALID_CONTRACT_TYPE = _rule("INVALID_CONTRACT_TYPE", -4104, "Invalid contract type", "Appendix C")
INVALID_PAIR = _rule("INVALID_PAIR", -4144, "Invalid pair", "Appendix C")
LONG_INTERVAL = _rule("LONG_INTERVAL", -4165, "Maximum time interval is {} days", "Appendix C, 10.10")
INVALID_API_KEY_FORMAT = _rule("INVALID_API_KEY_FORMAT", -2014, "API-key format invalid.", "3", 401)
UNKNOWN_API_KEY = _rule(
    "UNKNOWN_API_KEY", -2015, "Invalid API-key, IP, or permissions for action, request ip: {}", "3", 401
)
NO_SUCH_PATH = _rule("NO_SUCH_PATH", -5000, "Path {}, Method {} is invalid", "3", 404)

# --- orders
UNKNOWN_ORDER = _rule("UNKNOWN_ORDER", -2011, "Unknown order sent.", "5")
NO_SUCH_ORDER = _rule("NO_SUCH_ORDER", -2013, "Order does not exist.", "5")
MARGIN_INSUFFICIENT = _rule("MARGIN_INSUFFICIENT", -2019, "Margin is insufficient.", "5")
WOULD_TRIGGER = _rule("WOULD_TRIGGER", -2021, "Order would immediately trigger.", "5")
REDUCE_ONLY = _rule("REDUCE_ONLY", -2022, "ReduceOnly Order is rejected.", "5")
IN_LIQUIDATION = _rule("IN_LIQUIDATION", -2023, "User in liquidation mode now.", "Appendix C")
MAX_ORDERS = _rule("MAX_ORDERS", -2025, "Reach max open order limit.", "5")
ME_DENIED = _rule("ME_DENIED", -2010, "{}", "Appendix C: NEW_ORDER_REJECTED; its message is the matching engine's")
REDUCE_ONLY_NO_ROOM = _rule(
    "REDUCE_ONLY_NO_ROOM",
    -4118,
    "ReduceOnly Order Failed. Please check your existing position and open orders",
    "Appendix C",
)
REDUCE_ONLY_TYPE = _rule("REDUCE_ONLY_TYPE", -2026, "This OrderType is not supported when reduceOnly.", "5")
MAX_POSITION = _rule("MAX_POSITION", -2027, "Exceeded the maximum allowable position at current leverage.", "5")
LEVERAGE_TOO_LOW = _rule(
    "LEVERAGE_TOO_LOW", -2028, "Leverage is smaller than permitted: insufficient margin balance.", "Appendix C"
)
PRICE_NEGATIVE = _rule("PRICE_NEGATIVE", -4001, "Price less than 0.", "Appendix C")
PRICE_ABOVE_MAX = _rule("PRICE_ABOVE_MAX", -4002, "Price greater than max price.", "Appendix C")
QUANTITY_ZERO = _rule("QUANTITY_ZERO", -4003, "Quantity less than or equal to zero.", "5")
QUANTITY_BELOW_MIN = _rule("QUANTITY_BELOW_MIN", -4004, "Quantity less than min quantity.", "Appendix C")
QUANTITY_ABOVE_MAX = _rule("QUANTITY_ABOVE_MAX", -4005, "Quantity greater than max quantity.", "5")
TRIGGER_NEGATIVE = _rule("TRIGGER_NEGATIVE", -4006, "Stop price less than zero.", "Appendix C")
TRIGGER_ABOVE_MAX = _rule("TRIGGER_ABOVE_MAX", -4007, "Stop price greater than max price.", "Appendix C")
PRICE_BELOW_MIN = _rule("PRICE_BELOW_MIN", -4013, "Price less than min price.", "Appendix C")
PRICE_TICK = _rule("PRICE_TICK", -4014, "Price not increased by tick size.", "5, 15")
CLIENT_ID_LENGTH = _rule("CLIENT_ID_LENGTH", -4015, "Client order id length should be less than 36 chars", "5")
PRICE_TOO_HIGH = _rule("PRICE_TOO_HIGH", -4016, "Limit price can't be higher than {}.", "5, 15")
INVALID_DEPTH = _rule("INVALID_DEPTH", -4021, "'{}' is not valid depth limit.", "Appendix C")
QUANTITY_STEP = _rule("QUANTITY_STEP", -4023, "Qty not increased by step size.", "5, 15")
PRICE_TOO_LOW = _rule("PRICE_TOO_LOW", -4024, "Limit price can't be lower than {}.", "5, 15")
INVALID_LEVERAGE = _rule("INVALID_LEVERAGE", -4028, "Leverage {} is not valid", "5")
INVALID_WORKING_TYPE = _rule("INVALID_WORKING_TYPE", -4031, "Invalid parameter working type: {}", "Appendix C")
BATCH_CANCEL_SIZE = _rule("BATCH_CANCEL_SIZE", -4032, "Exceed maximum cancel order size.", "Appendix C")
MAX_ALGO_ORDERS = _rule("MAX_ALGO_ORDERS", -4045, "Reach max stop order limit.", "5, 11")
INVALID_POSITION_SIDE = _rule("INVALID_POSITION_SIDE", -4060, "Invalid position side.", "Appendix C")
POSITION_SIDE_MISMATCH = _rule(
    "POSITION_SIDE_MISMATCH", -4061, "Order's position side does not match user's setting.", "5"
)
BATCH_SIZE = _rule("BATCH_SIZE", -4082, "Invalid number of batch place orders: {}", "Appendix C")
CLIENT_ID_DUPLICATE = _rule("CLIENT_ID_DUPLICATE", -4116, "ClientOrderId is duplicated.", "5, 10.9")
USE_ALGO = _rule(
    "USE_ALGO",
    -4120,
    "Order type not supported for this endpoint. Please use the Algo Order API endpoints instead.",
    "2, 5",
)
GTE_CLASH = _rule(
    "GTE_CLASH",
    -4130,
    "An open stop or take profit order with GTE and closePosition in the direction is existing.",
    "5, 10.4",
)
PERCENT_PRICE_MARKET = _rule(
    "PERCENT_PRICE_MARKET",
    -4131,
    "The counterparty's best price does not meet the PERCENT_PRICE filter limit.",
    "5",
)
INVALID_ACTIVATION = _rule("INVALID_ACTIVATION", -4135, "Invalid activation price", "Appendix C")
CLOSE_POSITION_TYPE = _rule(
    "CLOSE_POSITION_TYPE", -4136, "Target strategy invalid for orderType {},closePosition {}", "5 (-4136..-4138)"
)
CLOSE_POSITION_QUANTITY = _rule(
    "CLOSE_POSITION_QUANTITY", -4137, "Quantity must be zero with closePosition equals true", "5"
)
OPENING_FORBIDDEN = _rule("OPENING_FORBIDDEN", -4140, "Invalid symbol status for opening position", "Appendix C")
SYMBOL_CLOSED = _rule("SYMBOL_CLOSED", -4141, "Symbol is closed", "Appendix C")
MIN_NOTIONAL = _rule(
    "MIN_NOTIONAL", -4164, "Order's notional must be no smaller than {} (unless you choose reduce only).", "5, 15"
)
NO_POSITION_FOR_GTE = _rule(
    "NO_POSITION_FOR_GTE",
    -4509,
    "Time in Force (TIF) GTE can only be used with open positions. Please ensure that positions are available.",
    "5, 10.4",
)
FOK_REJECTED = _rule(
    "FOK_REJECTED",
    -5021,
    "Due to the order could not be filled immediately, the FOK order has been rejected. "
    "The order will not be recorded in the order history",
    "5, 10.2",
)
POST_ONLY_REJECTED = _rule(
    "POST_ONLY_REJECTED",
    -5022,
    "Due to the order could not be executed as maker, the Post Only order will be rejected. "
    "The order will not be recorded in the order history",
    "5, 10.2",
)
AMEND_FORBIDDEN = _rule(
    "AMEND_FORBIDDEN", -5024, "Symbol is not in trading status. Order amendment is not permitted.", "Appendix C"
)
LIMIT_ONLY = _rule("LIMIT_ONLY", -5025, "Only limit order is supported.", "10.8")
MAX_AMENDMENTS = _rule("MAX_AMENDMENTS", -5026, "Exceed maximum modify order limit.", "10.8")
SAME_ORDER = _rule("SAME_ORDER", -5027, "No need to modify the order.", "5, 10.8")
AMEND_MIN_NOTIONAL = _rule("AMEND_MIN_NOTIONAL", -5029, "Order's notional must be no smaller than {}", "Appendix C")
INVALID_PRICE_MATCH = _rule("INVALID_PRICE_MATCH", -5037, "Invalid price match", "Appendix C")
PRICE_MATCH_TYPE = _rule(
    "PRICE_MATCH_TYPE", -5038, "Price match only supports order type: LIMIT, STOP AND TAKE_PROFIT", "Appendix C"
)
INVALID_STP = _rule("INVALID_STP", -5039, "Invalid self trade prevention mode", "Appendix C")
GOOD_TILL_DATE = _rule(
    "GOOD_TILL_DATE",
    -5040,
    "The goodTillDate timestamp must be greater than the current time plus 600 seconds and smaller than "
    "253402300799000 (UTC 9999-12-31 23:59:59)",
    "10.2",
)
NO_DEPTH = _rule("NO_DEPTH", -5041, "No depth matches this BBO order", "10.5")
NOT_REDUCE_ONLY = _rule("NOT_REDUCE_ONLY", -5047, "The original order is not a reduce-only order", "5")

# --- the account's settings and money
SAME_MARGIN_TYPE = _rule("SAME_MARGIN_TYPE", -4046, "No need to change margin type.", "5")
MARGIN_TYPE_ORDERS = _rule(
    "MARGIN_TYPE_ORDERS", -4047, "Margin type cannot be changed if there exists open orders.", "5"
)
MARGIN_TYPE_POSITION = _rule(
    "MARGIN_TYPE_POSITION", -4048, "Margin type cannot be changed if there exists position.", "5"
)
NOT_ISOLATED = _rule("NOT_ISOLATED", -4049, "Add margin only support for isolated position.", "Appendix C")
CROSS_INSUFFICIENT = _rule("CROSS_INSUFFICIENT", -4050, "Cross balance insufficient.", "Appendix C")
ISOLATED_INSUFFICIENT = _rule("ISOLATED_INSUFFICIENT", -4051, "Isolated balance insufficient.", "Appendix C")
NO_POSITION = _rule("NO_POSITION", -4054, "Cannot add position margin: position is 0.", "Appendix C")
AMOUNT_POSITIVE = _rule("AMOUNT_POSITIVE", -4055, "Amount must be positive.", "Appendix C")
SAME_POSITION_SIDE = _rule("SAME_POSITION_SIDE", -4059, "No need to change position side.", "5")
POSITION_MODE_ORDERS = _rule(
    "POSITION_MODE_ORDERS", -4067, "Position side cannot be changed if there exists open orders.", "5"
)
POSITION_MODE_POSITION = _rule(
    "POSITION_MODE_POSITION", -4068, "Position side cannot be changed if there exists position.", "5"
)
ISOLATED_LEVERAGE = _rule(
    "ISOLATED_LEVERAGE",
    -4161,
    "Leverage reduction is not supported in Isolated Margin Mode with open positions",
    "Appendix C",
)
MULTI_ASSETS_ISOLATED = _rule(
    "MULTI_ASSETS_ISOLATED",
    -4167,
    "Unable to adjust to Multi-Assets mode with symbols of USDⓈ-M Futures under isolated-margin mode.",
    "Appendix C",
)
ISOLATED_MULTI_ASSETS = _rule(
    "ISOLATED_MULTI_ASSETS",
    -4168,
    "Unable to adjust to isolated-margin mode under the Multi-Assets mode.",
    "Appendix C",
)
MULTI_ASSETS_ORDERS = _rule(
    "MULTI_ASSETS_ORDERS",
    -4170,
    "Unable to adjust Multi-Assets Mode with open orders in USDⓈ-M Futures.",
    "Appendix C",
)
SAME_MULTI_ASSETS = _rule(
    "SAME_MULTI_ASSETS",
    -4171,
    "Adjusted asset mode is currently set and does not need to be adjusted repeatedly.",
    "Appendix C",
)

"""What the venue takes for granted where a request leaves a parameter out (binance-usdm, sections 3, 6 and 10)."""

from collections.abc import Mapping

#: In one-way mode; a parameter with another value, or without a default, says something.
DEFAULTS: Mapping[str, str] = {
    "recvWindow": "5000",
    "positionSide": "BOTH",
    "reduceOnly": "false",
    "closePosition": "false",
    "priceProtect": "false",
    "selfTradePreventionMode": "EXPIRE_MAKER",
    "workingType": "CONTRACT_PRICE",
    "newOrderRespType": "ACK",
}
#: Of the Algo service, whose orders wait for their trigger until they are cancelled.
ALGO_DEFAULTS: Mapping[str, str] = {**DEFAULTS, "timeInForce": "GTC"}


def default_of(parameter: str, *, algo: bool) -> str | None:
    """Return the value that a request means by leaving the parameter out, None where it then means nothing."""
    return (ALGO_DEFAULTS if algo else DEFAULTS).get(parameter)

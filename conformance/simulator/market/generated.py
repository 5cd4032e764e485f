"""A market of production's size and oddity, made up from a seed: beside the few tame symbols, hundreds of others.

The proportions are production's of 2026: of 845 symbols 144 were TRADIFI_PERPETUAL, 123 SETTLING, 2 PENDING_TRADING,
some named in Chinese, some quoted in USDC, USD1, U or BTC, 36 without POSITION_RISK_CONTROL.
"""

import random
import string
from collections.abc import Iterator
from typing import Any

TRADFI, SETTLING, NO_RISK_CONTROL = 144 / 845, 123 / 845, 36 / 845
NON_ASCII = ("币安人生", "雪球", "哈基米", "龙虾")
"""Base assets as production names them."""
QUOTES = ("USDC", "USD1", "U", "BTC")
ONE_OF_EACH: tuple[dict[str, str], ...] = (
    {"status": "PENDING_TRADING"},
    {"status": "PENDING_TRADING"},
    {"status": "TRADING_HALT"},
    {"status": "PRE_SETTLE"},
    {"status": "CLOSE"},
    {"status": "DELIVERING"},
    *({"baseAsset": name} for name in NON_ASCII),
    *({"quoteAsset": quote, "marginAsset": quote} for quote in QUOTES * 3),
    {"underlyingType": "INDEX", "baseAsset": "BTCDOM"},
    {"contractType": "TRADIFI_PERPETUAL", "underlyingType": "EQUITY", "baseAsset": "TSLA"},
    {"contractType": "TRADIFI_PERPETUAL", "underlyingType": "COMMODITY", "baseAsset": "XAU"},
)
"""What is rare and yet always there."""
LISTED_MS, SETTLED_MS, TO_BE_LISTED_MS = 1_600_000_000_000, 1_780_000_000_000, 4_000_000_000_000
DAY_MS = 86_400_000


def generated(known: list[dict[str, Any]], number: int, seed: int) -> Iterator[dict[str, Any]]:
    """Yield `number` rows of exchangeInfo whose symbols are not in `known`; the same for the same seed."""
    rng = random.Random(seed)
    template = next(row for row in known if row.get("contractType") == "PERPETUAL")
    taken = {row["symbol"] for row in known}
    for index in range(number):
        oddity: dict[str, str] = ONE_OF_EACH[index] if index < len(ONE_OF_EACH) else _oddity(rng)
        row = _row(template, rng, oddity)
        while row["symbol"] in taken:
            row = _row(template, rng, {**oddity, "baseAsset": _name(rng)})
        taken.add(row["symbol"])
        yield row


def _oddity(rng: random.Random) -> dict[str, str]:
    found: dict[str, str] = {}
    if rng.random() < TRADFI:
        found |= {"contractType": "TRADIFI_PERPETUAL", "underlyingType": rng.choice(("EQUITY", "COMMODITY"))}
    if rng.random() < SETTLING:
        found["status"] = "SETTLING"
    return found


def _name(rng: random.Random) -> str:
    thousand = "1000" if rng.random() < 0.03 else ""
    return thousand + "".join(rng.choices(string.ascii_uppercase, k=rng.choice((3, 4, 4, 5, 6))))


def _row(template: dict[str, Any], rng: random.Random, oddity: dict[str, str]) -> dict[str, Any]:
    base = oddity.get("baseAsset") or _name(rng)
    quote = oddity.get("quoteAsset", "USDT")
    status = oddity.get("status", "TRADING")
    places, size = (8, 0) if quote == "BTC" else (rng.randint(1, 7), rng.choice((0, 0, 0, 1, 2, 3)))
    listed_ms = TO_BE_LISTED_MS if status == "PENDING_TRADING" else LISTED_MS + rng.randint(0, 2_000) * DAY_MS
    row = dict(template) | {
        "symbol": base + quote,
        "pair": base + quote,
        "contractType": "PERPETUAL",
        "underlyingType": "COIN",
        "underlyingSubType": [],
        "marginAsset": quote,
        "onboardDate": listed_ms,
        "pricePrecision": places,
        "quantityPrecision": size,
        "filters": list(_filters(rng, places, size)),
    }
    if status in ("SETTLING", "CLOSE", "DELIVERING"):
        row["deliveryDate"] = SETTLED_MS
    return row | oddity | {"baseAsset": base, "quoteAsset": quote, "status": status}


def _unit(places: int, times: int = 1) -> str:
    return f"{times / 10**places:.{places}f}" if places else str(times)


def _filters(rng: random.Random, places: int, size: int) -> Iterator[dict[str, Any]]:
    # A tick may be coarser than the display precision: `pricePrecision` is not to be used as one.
    tick = _unit(places, rng.choice((1, 1, 1, 5)))
    price = {"maxPrice": str(10 ** max(1, 7 - places)), "minPrice": tick, "tickSize": tick}
    lot = {"minQty": _unit(size), "stepSize": _unit(size)}
    yield {"filterType": "PRICE_FILTER", **price}
    yield {"filterType": "LOT_SIZE", "maxQty": "10000000", **lot}
    yield {"filterType": "MARKET_LOT_SIZE", "maxQty": "2000000", **lot}
    yield {"filterType": "MAX_NUM_ORDERS", "limit": 200}
    yield {"filterType": "MIN_NOTIONAL", "notional": "5"}
    multiplier = rng.choice((("1.1500", "0.8500"), ("1.0500", "0.9500"), ("1.0200", "0.9800")))
    up, down = multiplier
    yield {"filterType": "PERCENT_PRICE", "multiplierUp": up, "multiplierDown": down, "multiplierDecimal": "4"}
    if rng.random() >= NO_RISK_CONTROL:
        yield {"filterType": "POSITION_RISK_CONTROL", "positionControlSide": "NONE"}

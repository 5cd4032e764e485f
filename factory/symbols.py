"""Symbols: the form in which Binance's futures API names an instrument."""

import re

# Not only A to Z: the venue lists symbols with Chinese characters.
_RAW = re.compile(r"[^\W_a-z]{3,30}(_[0-9A-Z]{4,6})?")
_NAUTILUS = re.compile(r"(?P<pair>[^\W_a-z]{3,30})-PERP(\.BINANCE)?")


def raw_symbol(symbol: object, argument: str) -> str:
    """Return Binance's form of a futures symbol: `BTCUSDT`, `BTCUSDT_260925`, `BTCUSD_PERP`.

    NautilusTrader's `BTCUSDT-PERP` and `BTCUSDT-PERP.BINANCE` name the same instrument and are accepted. Anything else
    is a `ValueError` with the nearest well-formed symbol.
    """
    if isinstance(symbol, str):
        if _RAW.fullmatch(symbol):
            return symbol
        if form := _NAUTILUS.fullmatch(symbol):
            # COIN-M perpetuals are quoted in USD and keep a suffix at Binance; USDⓈ-M ones are the bare pair.
            pair = form["pair"]
            return f"{pair}_PERP" if pair.endswith("USD") and not pair.endswith(("BUSD", "FDUSD", "TUSD")) else pair
    nearest = re.sub(r"\W", "", str(symbol).upper().removesuffix(".BINANCE").removesuffix("-PERP"))
    hint = f"; did you mean {nearest!r}?" if isinstance(symbol, str) and _RAW.fullmatch(nearest) else ""
    raise ValueError(
        f"{argument}: {symbol!r} is not a Binance futures symbol; expected capitals and digits such as 'BTCUSDT', "
        f"or NautilusTrader's 'BTCUSDT-PERP'{hint}"
    )

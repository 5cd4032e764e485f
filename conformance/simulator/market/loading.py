"""Loading the market from files in Binance's own forms: exchangeInfo, leverageBracket, and starting prices."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from conformance.locations import FIXTURES
from conformance.simulator.market.generated import generated
from conformance.simulator.market.symbol_row import ExchangeInfoError, read_symbol
from conformance.simulator.model.symbol import Bracket, Symbol
from conformance.simulator.numbers import parse_decimal

MARKET_FIXTURES = FIXTURES / "market"
DEFAULT_EXCHANGE_INFO = MARKET_FIXTURES / "exchange-info.json"


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ExchangeInfoError(
            f"{path}: cannot be read ({error.strerror}); give the path of an existing file"
        ) from error
    except ValueError as error:
        raise ExchangeInfoError(f"{path}: not JSON ({error}); save the answer of GET /fapi/v1/exchangeInfo") from error


def load_exchange_info(path: Path, more: int = 0, seed: int = 1) -> tuple[dict[str, Any], dict[str, Symbol]]:
    """Return the document and its symbols by name, with so many generated ones; raises `ExchangeInfoError`."""
    document = _read_json(path)
    if not isinstance(document, dict) or not isinstance(document.get("symbols"), list) or not document["symbols"]:
        raise ExchangeInfoError(f"{path}: expected an object with a non-empty list 'symbols', as exchangeInfo answers")
    if more:
        document["symbols"] += generated(document["symbols"], more, seed)
    symbols: dict[str, Symbol] = {}
    for raw in document["symbols"]:
        symbol = read_symbol(raw, str(path))
        if symbol.name in symbols:
            raise ExchangeInfoError(f"{path}: {symbol.name} is listed twice")
        symbols[symbol.name] = symbol
    return document, symbols


def load_brackets(path: Path) -> dict[str, tuple[Bracket, ...]]:
    """Return the leverage brackets by symbol from a file in leverageBracket's form; {} where there is no file."""
    if not path.exists():
        return {}
    rows = _read_json(path)
    try:
        return {
            row["symbol"]: tuple(
                Bracket(
                    number=int(b["bracket"]),
                    leverage=int(b["initialLeverage"]),
                    floor=Decimal(str(b["notionalFloor"])),
                    cap=Decimal(str(b["notionalCap"])),
                    ratio=Decimal(str(b["maintMarginRatio"])),
                    cum=Decimal(str(b["cum"])),
                )
                for b in row["brackets"]
            )
            for row in rows
        }
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise ExchangeInfoError(f"{path}: not in the form of GET /fapi/v1/leverageBracket ({error!r})") from error


def load_prices(path: Path) -> dict[str, Decimal]:
    """Return starting prices by symbol; {} where there is no file."""
    if not path.exists():
        return {}
    prices: dict[str, Decimal] = {}
    for name, value in _read_json(path).items():
        price = parse_decimal(str(value))
        if price is None or price <= 0:
            raise ExchangeInfoError(f"{path}: {name}: expected a positive decimal, found {value!r}")
        prices[name] = price
    return prices

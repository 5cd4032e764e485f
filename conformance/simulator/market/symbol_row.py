"""Reading one row of exchangeInfo: the rules of a symbol, or an error that names file, symbol and field."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from conformance.simulator.model.symbol import Symbol
from conformance.simulator.model.words import SYMBOL_STATUSES, SymbolStatus
from conformance.simulator.numbers import parse_decimal


class ExchangeInfoError(ValueError):
    """An exchangeInfo, brackets or prices file that cannot be used; the message names file, symbol and field."""


def read_symbol(raw: Mapping[str, Any], where: str) -> Symbol:
    """Return the symbol that a row of exchangeInfo describes; raises `ExchangeInfoError`."""
    row = _Row(raw, where)
    price, lot = row.filter("PRICE_FILTER"), row.filter("LOT_SIZE")
    market = row.filter("MARKET_LOT_SIZE") or lot
    percent, notional = row.filter("PERCENT_PRICE"), row.filter("MIN_NOTIONAL")
    return Symbol(
        name=row.name,
        pair=str(raw.get("pair", row.name)),
        status=row.status(),
        contract_type=str(raw.get("contractType", "PERPETUAL")),
        base=str(raw.get("baseAsset", "")),
        quote=str(raw.get("quoteAsset", "USDT")),
        margin_asset=str(raw.get("marginAsset", raw.get("quoteAsset", "USDT"))),
        price_precision=row.integer("pricePrecision"),
        quantity_precision=row.integer("quantityPrecision"),
        min_price=row.number(price, "minPrice"),
        max_price=row.number(price, "maxPrice"),
        tick=row.number(price, "tickSize"),
        min_quantity=row.number(lot, "minQty"),
        max_quantity=row.number(lot, "maxQty"),
        step=row.number(lot, "stepSize"),
        market_min_quantity=row.number(market, "minQty"),
        market_max_quantity=row.number(market, "maxQty"),
        market_step=row.number(market, "stepSize"),
        max_orders=int(row.filter("MAX_NUM_ORDERS").get("limit", 200)),
        min_notional=row.number(notional, "notional", "0"),
        multiplier_up=row.number(percent, "multiplierUp", "0"),
        multiplier_down=row.number(percent, "multiplierDown", "0"),
        trigger_protect=row.number(raw, "triggerProtect", "0.05"),
        market_take_bound=row.number(raw, "marketTakeBound", "0.05"),
        liquidation_fee=row.number(raw, "liquidationFee", "0.0125"),
        delivery_ms=row.integer("deliveryDate", 4133404800000),
        raw=dict(raw),
    )


class _Row:
    """A row of exchangeInfo whose fields are checked as they are read, with errors that name file, symbol and field."""

    def __init__(self, raw: Mapping[str, Any], where: str) -> None:
        name = raw.get("symbol")
        if not isinstance(name, str) or not name:
            raise ExchangeInfoError(f"{where}: a row of 'symbols' has no 'symbol'")
        self.name = name
        self._raw = raw
        self._where = where
        self._filters: Mapping[str, Mapping[str, Any]] = {row.get("filterType"): row for row in raw.get("filters", [])}

    def filter(self, kind: str) -> Mapping[str, Any]:
        """Return the filter of this type, an empty one where the symbol has none."""
        return self._filters.get(kind, {})

    def status(self) -> SymbolStatus:
        """Return the symbol's status, one of the venue's."""
        told = self._raw.get("status", "TRADING")
        found = next((word for word in SYMBOL_STATUSES if word == told), None)
        if found is None:
            raise self._wrong(f"one of {', '.join(SYMBOL_STATUSES)}", "status", told)
        return found

    def number(self, source: Mapping[str, Any], key: str, default: str | None = None) -> Decimal:
        """Return a decimal of the row or of one of its filters."""
        value = source.get(key, default)
        found = parse_decimal(str(value)) if value is not None else None
        if found is None:
            raise self._wrong("a decimal", key, value)
        return found

    def integer(self, key: str, default: int | None = None) -> int:
        """Return an integer of the row."""
        value = self._raw.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._wrong("an integer", key, value)
        return value

    def _wrong(self, expected: str, key: str, found: Any) -> ExchangeInfoError:
        return ExchangeInfoError(f"{self._where}: {self.name}: expected {expected} in {key!r}, found {found!r}")

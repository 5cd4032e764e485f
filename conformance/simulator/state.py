"""A saved account: wallets, positions, settings, open orders and prices, as one JSON file.

Finished orders and trades are not saved: a restored venue remembers balances, not history.
"""

import json
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import Any

from conformance.simulator.accounts.account import SymbolSettings
from conformance.simulator.model.algo_order import AlgoOrder
from conformance.simulator.model.order import Order
from conformance.simulator.model.position import Position
from conformance.simulator.model.symbol import Symbol
from conformance.simulator.numbers import parse_decimal
from conformance.simulator.venue import Venue

FORMAT = 1


class StateError(ValueError):
    """A state file that cannot be used; the message names file, place and remedy."""


def _row(item: object, *without: str) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for spec in fields(item):  # type: ignore[arg-type]
        if spec.name in without:
            continue
        value = getattr(item, spec.name)
        row[spec.name] = (
            f"{value:f}" if isinstance(value, Decimal) else value.name if isinstance(value, Symbol) else value
        )
    return row


def saved(venue: Venue) -> dict[str, Any]:
    """Return the venue's state as JSON values, numbers as strings."""
    account = venue.account
    return {
        "format": FORMAT,
        "hedged": account.hedged,
        "multi_assets": account.multi_assets,
        "fee_burn": account.fee_burn,
        "wallets": {
            name: {kind: f"{amount:f}" for kind, amount in wallet.sums.items()}
            for name, wallet in account.wallets.items()
        },
        "settings": {name: _row(item) for name, item in account.settings.items()},
        "positions": [_row(position) for position in account.positions.values() if position.amount],
        "orders": [_row(order, "parent", "reserved") for order in venue.register.open_orders()],
        "algo_orders": [_row(algo) for algo in venue.algo.open.values()],
        "prices": {
            name: {"last": f"{item.last:f}", "mark": f"{item.mark:f}"}
            for name, item in venue.market.instruments.items()
        },
    }


def save(venue: Venue, path: Path) -> None:
    """Write the state; the file appears whole or not at all."""
    partial = path.with_name(path.name + ".partial")
    partial.write_text(json.dumps(saved(venue), indent=1) + "\n", encoding="utf-8")
    partial.replace(path)


def load(venue: Venue, path: Path) -> None:
    """Bring a fresh venue into a saved state; raises `StateError`."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise StateError(f"{path}: cannot be read ({error.strerror}); give a file that the simulator saved") from error
    except ValueError as error:
        raise StateError(f"{path}: not JSON ({error}); give a file that the simulator saved") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise StateError(f'{path}: expected an object with "format": {FORMAT}, as the simulator saves it')
    try:
        _restore(venue, document)
    except (KeyError, TypeError, AttributeError) as error:
        raise StateError(f"{path}: damaged or of another simulator ({error!r})") from error
    except ValueError as error:
        raise StateError(f"{path}: {error}") from error


def _number(value: Any, where: str) -> Decimal:
    number = parse_decimal(str(value)) if not isinstance(value, bool) else None
    if number is None:
        raise ValueError(f"{where}: expected a decimal number as a string, found {value!r}")
    return number


def _typed[T](cls: type[T], row: dict[str, Any], venue: Venue, where: str) -> T:
    values: dict[str, Any] = {}
    known = {spec.name: spec for spec in fields(cls)}  # type: ignore[arg-type]
    for name, value in row.items():
        if name not in known:
            raise ValueError(f"{where}: unknown field {name!r}")
        if name == "symbol" and cls is not Position:
            if value not in venue.market.instruments:
                raise ValueError(f"{where}: no symbol {value!r} on this market")
            values[name] = venue.market.instruments[value].symbol
        elif known[name].type in (Decimal, "Decimal"):
            values[name] = _number(value, f"{where}.{name}")
        else:
            values[name] = value
    return cls(**values)


def _restore(venue: Venue, document: dict[str, Any]) -> None:
    account, now_ms = venue.account, venue.clock.now_ms()
    for name, row in document.get("prices", {}).items():
        if name in venue.market.instruments:
            instrument = venue.market.instruments[name]
            instrument.set_last(_number(row["last"], f"prices.{name}"))
            instrument.set_mark(_number(row["mark"], f"prices.{name}"))
            instrument.book.others.anchor(instrument.last)
    venue.market.moved.clear()
    account.hedged = bool(document["hedged"])
    account.multi_assets = bool(document["multi_assets"])
    account.fee_burn = bool(document["fee_burn"])
    account.wallets.clear()
    account.incomes.clear()
    for asset, sums in document["wallets"].items():
        for kind, amount in sums.items():
            account.book(kind, asset, _number(amount, f"wallets.{asset}.{kind}"), now_ms)
    for name, row in document["settings"].items():
        account.settings[name] = SymbolSettings(int(row["leverage"]), bool(row["isolated"]))
    for row in document["positions"]:
        position = _typed(Position, row, venue, "positions")
        if position.symbol not in venue.market.instruments:
            raise ValueError(f"positions: no symbol {position.symbol!r} on this market")
        account.positions[position.symbol, position.side] = position
    for row in document["orders"]:
        order = _typed(Order, row, venue, "orders")
        venue.register.adopt(order)
        venue.market.instruments[order.symbol.name].book.add(order)
    for row in document["algo_orders"]:
        venue.algo.adopt(_typed(AlgoOrder, row, venue, "algo_orders"))

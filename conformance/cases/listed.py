"""The symbols that the venue lists, as a trader is told of them at its start."""

from collections.abc import Callable
from typing import Any

INFORMATION = "GET /fapi/v1/exchangeInfo"


def exchange_info_without(symbol: str) -> Callable[[Any], Any]:
    """Return the change of an answer with all symbols to one that lacks this."""

    def change(body: Any) -> Any:
        body["symbols"] = [row for row in body["symbols"] if row["symbol"] != symbol]
        return body

    return change

"""Numbers, times and fields as genuine payloads of 2026 have them (section 16)."""

from decimal import Decimal
from pathlib import Path

import pytest

from conformance.simulator import ControlError, Options
from tests.simulator.venue_client import ALGO, ORDER, HttpClient, VenueClient

BTC = {"symbol": "BTCUSDT"}


def test_all_orders__pads_prices_and_leaves_what_is_unfilled_bare(client: VenueClient) -> None:
    """A LIMIT row has a padded price and zeros without decimals; a MARKET row a bare price and padded averages."""
    client.order(price="49000")
    client.order()
    limit, market = client.ask("GET", "/fapi/v1/allOrders", **BTC)

    keys = ("price", "avgPrice", "cumQuote", "executedQty", "stopPrice")
    assert [limit[key] for key in keys] == ["49000.00", "0.000", "0", "0", "0"]
    assert [market[key] for key in keys] == ["0", "50000.100", "500.00100", "0.010", "0"]
    assert "strategyType" not in limit


def test_open_orders__trim_and_name_a_strategy(client: VenueClient) -> None:
    """An unfilled row of openOrders has a bare average and an empty strategyType."""
    client.order(price="49000")
    (row,) = client.ask("GET", "/fapi/v1/openOrders")

    assert (row["price"], row["avgPrice"], row["strategyType"]) == ("49000", "0", "")


def test_algo_lists__tell_what_the_captures_tell(client: VenueClient) -> None:
    """openAlgoOrders trims and tells no actual price; allAlgoOrders pads, newest first, quantities once triggered."""
    client.algo(trigger="49000", clientAlgoId="first")
    client.algo(trigger="48000", clientAlgoId="second")
    opened = client.ask("GET", "/fapi/v1/openAlgoOrders")
    assert [row["clientAlgoId"] for row in opened] == ["first", "second"]
    assert (opened[0]["triggerPrice"], opened[0]["price"], opened[0]["actualQty"]) == ("49000.0", "0.0", "0.0")
    assert not {name for name in opened[0] if name.startswith(("tp", "sl", "actualPrice", "actualType"))}

    client.control.move_price("BTCUSDT", "49000")
    second, first = client.ask("GET", "/fapi/v1/allAlgoOrders", **BTC)
    assert (first["clientAlgoId"], second["clientAlgoId"]) == ("first", "second")
    assert (first["triggerPrice"], first["actualQty"], first["actualType"]) == ("49000.00", "0.01", "MARKET")
    assert not {"actualQty", "actualType", "tpPrice", "slPrice"} & set(second)


def test_trades_and_income__are_written_as_captured(client: VenueClient) -> None:
    """Profit has eight decimals unless it is 0; income names the trade, in whole seconds."""
    client.order()
    client.control.move_price("BTCUSDT", "50100")
    client.order(side="SELL")
    opened, closed = client.ask("GET", "/fapi/v1/userTrades", **BTC)
    assert (opened["realizedPnl"], closed["realizedPnl"]) == ("0", "0.99800000")
    rows = {row["incomeType"]: row for row in client.ask("GET", "/fapi/v1/income")}

    assert rows["REALIZED_PNL"]["info"] == rows["REALIZED_PNL"]["tradeId"] == str(closed["id"])
    assert all(row["time"] % 1000 == 0 for row in rows.values())


def test_balances__list_every_margin_asset(client: VenueClient) -> None:
    """Wallets of margin assets that hold nothing are listed too."""
    balances = {row["asset"]: row["balance"] for row in client.ask("GET", "/fapi/v3/balance")}
    account = {row["asset"]: row["walletBalance"] for row in client.ask("GET", "/fapi/v3/account")["assets"]}

    assert (
        balances
        == account
        == {
            "USDT": "10000.00000000",
            **dict.fromkeys(("USDC", "BTC", "BNB"), "0.00000000"),
        }
    )


def test_funding_info__tells_when_it_was_updated(client: VenueClient) -> None:
    """Every row has its updateTime."""
    assert all(isinstance(row["updateTime"], int) for row in client.raw("GET", "/fapi/v1/fundingInfo").body)


def test_algo_events__are_made_and_sent_a_little_later(client: VenueClient) -> None:
    """The times of a triggered algo order's events: trigger, made 11 ms later, sent 7 ms after that."""
    client.algo()
    new = client.events[-1]
    client.control.move_price("BTCUSDT", "49000")
    triggered = next(event for event in client.events if event["e"] == "ALGO_UPDATE" and event["o"]["X"] == "TRIGGERED")

    assert new["E"] - new["T"] == 7
    assert (triggered["T"] - triggered["o"]["tt"], triggered["E"] - triggered["T"]) == (11, 7)


@pytest.mark.parametrize("field", ["triggerPrice", "activatePrice"])
def test_trigger_price__beyond_the_precision_is_refused(client: VenueClient, field: str) -> None:
    """A trigger with more decimals than the symbol shows is -1111; one that is off the tick alone is taken."""
    kind = {"type": "STOP_MARKET"} if field == "triggerPrice" else {"type": "TRAILING_STOP_MARKET", "callbackRate": "1"}
    values = {**BTC, **kind, "algoType": "CONDITIONAL", "side": "BUY", "quantity": "0.010"}
    price = "50900" if field == "triggerPrice" else "49000"

    assert client.refused("POST", ALGO, **values, **{field: f"{price}.123"}) == -1111
    assert client.ask("POST", ALGO, **values, **{field: f"{price}.05"})[field] == f"{price}.05"


def test_trailing_stop__with_a_trigger_price_may_be_refused() -> None:
    """By option a trailing stop that is sent with a triggerPrice is refused with -2021; by default it is ignored."""
    values = {**BTC, "algoType": "CONDITIONAL", "type": "TRAILING_STOP_MARKET", "callbackRate": "1"}
    values |= {"side": "SELL", "quantity": "0.010", "triggerPrice": "49000"}

    assert VenueClient(Options(trailing_with_trigger_price="refused")).refused("POST", ALGO, **values) == -2021
    assert VenueClient().ask("POST", ALGO, **values)["algoStatus"] == "NEW"


async def test_malformed_compressed_body__is_a_bad_request(http: HttpClient) -> None:
    """A body that is no gzip though it says so is the client's mistake: 400 and a code, no traceback."""
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/x-www-form-urlencoded"}
    status, answer, _ = await http.request("POST", ORDER, data=b"no gzip at all", headers=headers)

    assert (status, answer["code"]) == (400, -1000)


def test_save__to_a_path_that_cannot_be_written_is_explained(client: VenueClient, tmp_path: Path) -> None:
    """The error names the path and the reason."""
    path = tmp_path / "missing" / "state.json"
    with pytest.raises(ControlError, match="No such file or directory"):
        client.control.save(path)


def test_generated_market__is_as_large_and_odd_as_productions() -> None:
    """The market has every kind of symbol that production has, the same for the same seed, and can be traded on."""
    client = VenueClient(Options(generated_symbols=841, algo_lag_ms=0))
    rows = client.raw("GET", "/fapi/v1/exchangeInfo").body["symbols"]
    again = VenueClient(Options(generated_symbols=841)).raw("GET", "/fapi/v1/exchangeInfo").body["symbols"]

    assert (len(rows), len({row["symbol"] for row in rows}), rows) == (845, 845, again)
    assert rows != VenueClient(Options(generated_symbols=841, generated_seed=2)).venue.market.document["symbols"]
    assert {"TRADING", "SETTLING", "PENDING_TRADING", "TRADING_HALT"} <= {row["status"] for row in rows}
    assert 100 < sum(row["contractType"] == "TRADIFI_PERPETUAL" for row in rows) < 200
    assert {"USDT", "USDC", "USD1", "U", "BTC"} == {row["quoteAsset"] for row in rows}
    assert sum(not row["symbol"].isascii() for row in rows) == 4
    without = [row for row in rows if "POSITION_RISK_CONTROL" not in {f["filterType"] for f in row["filters"]}]
    assert 10 < len(without) < 80
    odd = next(row["symbol"] for row in rows if not row["symbol"].isascii())
    price = client.control.price(odd)
    quantity = f"{(Decimal(1000) / price).to_integral_value():f}"
    client.ask("POST", ORDER, symbol=odd, side="BUY", type="MARKET", quantity=quantity)
    assert client.position(odd) == quantity
    halted = next(row["symbol"] for row in rows if row["status"] == "TRADING_HALT")
    assert client.refused("POST", ORDER, symbol=halted, side="BUY", type="MARKET", quantity="1000") == -4140


@pytest.mark.parametrize("number", [-1, 5001])
def test_generated_market__has_a_size(number: int) -> None:
    """A size beyond reason is refused."""
    with pytest.raises(ValueError, match="expected 0 to 5000"):
        Options(generated_symbols=number)

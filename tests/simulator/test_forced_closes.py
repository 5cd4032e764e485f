"""Funding, margin calls, liquidation, deleveraging and settlement: section 13."""

from decimal import Decimal

import pytest

from conformance.simulator import Options
from tests.simulator.ledger import ledger_holds
from tests.simulator.venue_client import ORDER, VenueClient, names


def test_funding__is_paid_by_longs_at_every_interval(client: VenueClient) -> None:
    """Longs pay amount × mark × rate when the rate is positive; cross lists B only, with S and bc."""
    client.control.open_position("BTCUSDT", "LONG", "0.100", "50000")
    before = Decimal(client.balance())
    client.drain()
    client.control.advance(8 * 3_600_000)

    event = next(e for e in client.events if e["e"] == "ACCOUNT_UPDATE")
    assert (event["a"]["m"], event["a"]["S"], event["a"]["P"]) == ("FUNDING_FEE", "BTCUSDT", [])
    assert event["a"]["B"][0]["bc"] == "-0.5"
    assert Decimal(client.balance()) == before - Decimal("0.5")
    assert client.ask("GET", "/fapi/v1/income", incomeType="FUNDING_FEE")[0]["income"] == "-0.50000000"
    assert client.ask("GET", "/fapi/v1/fundingRate", symbol="BTCUSDT")[-1]["fundingRate"] == "0.00010000"
    assert ledger_holds(client)


def test_margin_call__comes_without_liquidation() -> None:
    """Where the venue does not liquidate by itself, it still warns, once for each time a margin falls short."""
    client = VenueClient(Options(liquidation_automatic=False))
    client.control.open_position("BTCUSDT", "LONG", "3.900", "50000")
    client.drain()

    client.control.move_price("BTCUSDT", "47600", "47500")

    assert names(client.events).count("MARGIN_CALL") == 1
    assert client.position() == "3.9"


def test_liquidation__closes_cross_positions(client: VenueClient) -> None:
    """When the margin balance no longer covers maintenance, orders expire and positions are closed as autoclose-."""
    client.control.open_position("BTCUSDT", "LONG", "3.900", "50000")
    client.drain()
    client.control.move_price("BTCUSDT", "47680", "47600")

    kinds = names(client.events)
    assert "MARGIN_CALL" in kinds
    liquidation = [e["o"] for e in client.events if e["e"] == "ORDER_TRADE_UPDATE"]
    assert [row["x"] for row in liquidation] == ["NEW", "CALCULATED"]
    assert liquidation[0]["c"].startswith("autoclose-")
    assert (liquidation[0]["o"], liquidation[0]["f"]) == ("LIQUIDATION", "IOC")
    assert client.position() == "0"
    forced = client.ask("GET", "/fapi/v1/forceOrders", symbol="BTCUSDT")
    assert forced[0]["clientOrderId"] == liquidation[0]["c"]
    assert ledger_holds(client)


def test_liquidation__in_multi_assets_mode_comes_when_all_assets_are_used(client: VenueClient) -> None:
    """What an account holds of other assets backs a position whose own asset it has none of, until that is used too."""
    client.control.deposit("USDC", "10000")
    client.ask("POST", "/fapi/v1/multiAssetsMargin", multiAssetsMargin="true")
    client.control.deposit("USDT", "-10000")
    client.control.open_position("BTCUSDT", "LONG", "3.900", "50000")
    client.drain()
    at = Decimal(client.ask("GET", "/fapi/v3/positionRisk", symbol="BTCUSDT")[0]["liquidationPrice"])
    assert 47_000 < at < 48_000

    client.control.move_price("BTCUSDT", at + 10)
    assert client.position() == "3.9"
    client.control.move_price("BTCUSDT", at - 10)

    assert client.position() == "0"
    assert ledger_holds(client)


@pytest.mark.parametrize(("beyond", "fund"), [("20", -1), ("15000", 1)])
def test_liquidation__in_multi_assets_mode_is_paid_by_all_assets(client: VenueClient, beyond: str, fund: int) -> None:
    """What one wallet lacks the others stand for, before the fund: it is paid what is left of all, or pays the rest."""
    client.control.deposit("USDC", "10000")
    client.ask("POST", "/fapi/v1/multiAssetsMargin", multiAssetsMargin="true")
    client.control.open_position("BTCUSDT", "LONG", "3.900", "50000")
    at = Decimal(client.ask("GET", "/fapi/v3/positionRisk", symbol="BTCUSDT")[0]["liquidationPrice"])

    client.control.move_price("BTCUSDT", at - Decimal(beyond))

    assert client.position() == "0"
    assert Decimal(client.balance()) == -10_000
    paid = Decimal(client.ask("GET", "/fapi/v1/income", incomeType="INSURANCE_CLEAR")[0]["income"])
    assert paid * fund > 0
    assert ledger_holds(client)


def test_liquidation__beyond_the_wallet_is_covered(client: VenueClient) -> None:
    """A gap beyond bankruptcy leaves a wallet of zero: the insurance fund pays what is missing."""
    client.control.open_position("BTCUSDT", "LONG", "3.900", "50000")
    client.control.move_price("BTCUSDT", "40000")

    assert client.balance() == "0.00000000"
    assert client.events[-1]["a"]["m"] == "INSURANCE_CLEAR"
    assert ledger_holds(client)


def test_liquidation__of_an_isolated_position_spares_the_rest(client: VenueClient) -> None:
    """An isolated position can lose no more than its own margin."""
    client.ask("POST", "/fapi/v1/marginType", symbol="BTCUSDT", marginType="ISOLATED")
    client.control.open_position("BTCUSDT", "LONG", "1.000", "50000")
    cross = client.venue.margin.cross_wallet("USDT")
    client.control.move_price("BTCUSDT", "40000")

    assert client.position() == "0"
    assert Decimal(client.balance()) == cross
    assert ledger_holds(client)


def test_liquidation__of_which_not_all_is_taken_expires_with_the_rest(client: VenueClient) -> None:
    """A liquidation's order is IOC: what nobody takes of it expires (er 2), and the position keeps as much."""
    client.control.open_position("BTCUSDT", "LONG", "0.010", "50000")
    client.drain()
    client.control.liquidate("BTCUSDT", taken="0.006", execution="TRADE")

    told = [event["o"] for event in client.events if event["e"] == "ORDER_TRADE_UPDATE"]
    assert [(row["x"], row["X"], row["z"], row["er"]) for row in told] == [
        ("NEW", "NEW", "0", "0"),
        ("TRADE", "PARTIALLY_FILLED", "0.006", "0"),
        ("EXPIRED", "EXPIRED", "0.006", "2"),
    ]
    assert client.position() == "0.004"
    assert client.control.books()["orders"] == []
    assert ledger_holds(client)


def test_deleveraging__closes_part_of_a_position(client: VenueClient) -> None:
    """ADL closes (part of) a position under the client id adl_autoclose."""
    client.order(quantity="0.030")
    client.drain()
    client.control.deleverage("BTCUSDT", "0.010")

    assert client.events[0]["o"]["c"] == "adl_autoclose"
    assert client.position() == "0.02"
    assert client.ask("GET", "/fapi/v1/forceOrders", autoCloseType="ADL")[0]["clientOrderId"] == "adl_autoclose"


def test_delisting__settles_everything(client: VenueClient) -> None:
    """Delisting expires orders with reason 7, closes positions as settlement_autoclose-, and closes the symbol."""
    client.order()
    client.order(price="49000")
    client.algo()
    client.drain()
    client.control.delist("BTCUSDT", "50500")

    orders = [e["o"] for e in client.events if e["e"] == "ORDER_TRADE_UPDATE"]
    assert (orders[0]["x"], orders[0]["er"]) == ("EXPIRED", "7")
    assert orders[-1]["c"].startswith("settlement_autoclose-")
    assert orders[-1]["L"] == "50500"
    assert "ALGO_UPDATE:EXPIRED" in names(client.events)
    info = client.ask("GET", "/fapi/v1/exchangeInfo")
    assert next(row["status"] for row in info["symbols"] if row["symbol"] == "BTCUSDT") == "CLOSE"
    assert client.refused("POST", ORDER, symbol="BTCUSDT", side="BUY", type="MARKET", quantity="1") == -4141


def test_delivery_contract__settles_on_its_date(client: VenueClient) -> None:
    """A delivery contract settles by itself on its delivery date, and pays no funding until then."""
    client.control.open_position("BTCUSDT_261225", "LONG", "0.010")
    instrument = client.venue.market.find("BTCUSDT_261225")
    client.control.advance(instrument.symbol.delivery_ms - client.control.now_ms() + 1000)

    assert client.position("BTCUSDT_261225") == "0"
    assert instrument.symbol.status == "CLOSE"
    assert "FUNDING_FEE" not in client.control.books()["ledger"]["USDT"]

"""The tour: through every endpoint, WS API method and event, in every state that changes the shape of a payload."""

import json
from typing import Any

from conformance.simulator import Options
from tests.clients.payloads.witness import Payloads, Witness, witness

BTC = {"symbol": "BTCUSDT"}
DAY_MS = 86_400_000


async def tour() -> Payloads:
    """Drive fresh venues through everything they can do, and return all they said."""
    payloads = Payloads()
    for options, chapters in (
        (Options(), (orders, batches, reference, candles)),
        (Options(), (algo_orders, trailing, rejected_algo_orders)),
        (Options(algo_lag_ms=0, legacy_trigger_reject=True), (rejected_algo_orders, bots)),
        (Options(), (settings, isolated_margin, fee_burn, funding)),
        (Options(), (hedged,)),
        (Options(), (forced_closes, delisting)),
        (Options(), (over_ws_api, listen_keys)),
        (Options(), (market_streams,)),
    ):
        async with witness(payloads, options) as venue:
            for chapter in chapters:
                await chapter(venue)
                if chapter is not listen_keys:
                    await venue.user.drain()
    return payloads


async def queries(venue: Witness) -> None:
    """Ask everything there is to ask about orders, positions and the account."""
    for symbol in ({}, BTC):
        for path in ("openOrders", "allOrders", "openAlgoOrders", "forceOrders", "income", "adlQuantile"):
            await venue.rest("GET", f"/fapi/v1/{path}", **symbol)
        for version in ("v2", "v3"):
            await venue.rest("GET", f"/fapi/{version}/positionRisk", **symbol)
        await venue.rest("GET", "/fapi/v1/symbolConfig", **symbol)
    for path in ("userTrades", "allAlgoOrders"):
        await venue.rest("GET", f"/fapi/v1/{path}", **BTC)
    for path in ("v2/account", "v3/account", "v2/balance", "v3/balance", "v1/accountConfig", "v1/rateLimit/order"):
        await venue.rest("GET", f"/fapi/{path}")


async def orders(venue: Witness) -> None:
    """Orders of every type and time in force: placed, amended, partly and wholly filled, cancelled, expired."""
    for kind in ("ACK", "RESULT"):
        await venue.order("BUY", "0.010", newOrderRespType=kind)
        await venue.order("SELL", "0.010", "51000.0", newOrderRespType=kind, timeInForce="IOC")
    good_till = (venue.control.now_ms() // 1000 + 7200) * 1000
    for tif, extra in (("GTC", {}), ("GTX", {}), ("GTD", {"goodTillDate": good_till}), ("RPI", {})):
        await venue.order("BUY", "0.010", "49000.0", timeInForce=tif, **extra)
    await venue.order("BUY", "0.002", "51000.0", timeInForce="FOK")
    await venue.order("BUY", "0.002", timeInForce="GTC", type="LIMIT", priceMatch="QUEUE_5")
    await venue.order("SELL", "0.010", "52000.0", reduceOnly="true")
    venue.control.set_book("BTCUSDT", bids=[("49990", "1")], asks=[("50010", "0.001"), ("50020", "0.002")])
    await venue.order("BUY", "0.010", "50020.0")  # a taker through two levels, whose rest stays
    await venue.order("BUY", "0.010", "50020.0", timeInForce="IOC")
    await venue.rest("POST", "/fapi/v1/order/test", **BTC, side="BUY", type="MARKET", quantity="0.01")

    order = await venue.order("BUY", "0.010", "49500.0", newClientOrderId="amended")
    one = {**BTC, "orderId": order["orderId"]}
    for number, price in enumerate(("49400.0", "49300.0")):
        extra = {"modifyId": number + 1} if number else {}
        await venue.rest("PUT", "/fapi/v1/order", **one, side="BUY", quantity="0.020", price=price, **extra)
    await venue.rest("GET", "/fapi/v1/orderAmendment", **one)
    venue.control.fill("BTCUSDT", "amended", "0.004")
    for path in ("order", "openOrder"):
        await venue.rest("GET", f"/fapi/v1/{path}", **one)
    await queries(venue)
    await venue.rest("DELETE", "/fapi/v1/order", **one)
    await venue.rest("GET", "/fapi/v1/order", **one)

    venue.control.set_book("BTCUSDT", bids=[("49990", "1")], asks=[("50600", "1")])
    await venue.order("SELL", "0.004", "50500.0", selfTradePreventionMode="EXPIRE_MAKER")
    await venue.order("BUY", "0.004", "50500.0", selfTradePreventionMode="EXPIRE_BOTH")
    await venue.rest("POST", "/fapi/v1/countdownCancelAll", **BTC, countdownTime=100_000)
    await venue.rest("DELETE", "/fapi/v1/allOpenOrders", **BTC)
    await queries(venue)


async def batches(venue: Witness) -> None:
    """Batches whose items are taken and refused."""
    item = {**BTC, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.010", "price": "48000.0"}
    refused = {**item, "price": "48000.05"}
    placed = await venue.rest("POST", "/fapi/v1/batchOrders", batchOrders=json.dumps([item, item, refused]))
    changes = [
        {**BTC, "orderId": str(placed[0]["orderId"]), "side": "BUY", "quantity": "0.010", "price": "47000.0"},
        {**BTC, "orderId": str(placed[1]["orderId"]), "side": "BUY", "quantity": "0.010", "price": "47100.0"},
        {**BTC, "orderId": "1", "side": "BUY", "quantity": "0.010", "price": "47000.0"},
    ]
    changes[0]["modifyId"] = "7"
    await venue.rest("PUT", "/fapi/v1/batchOrders", batchOrders=json.dumps(changes))
    ids = [placed[0]["orderId"], placed[1]["orderId"], 1]
    await venue.rest("DELETE", "/fapi/v1/batchOrders", **BTC, orderIdList=json.dumps(ids))


async def algo_orders(venue: Witness) -> None:
    """Conditional orders of every type: placed, cancelled, triggered, filled, expired."""
    venue.control.open_position("BTCUSDT", "LONG", "0.100", "50000")
    await venue.algo("STOP_MARKET", "SELL", quantity="0.010", triggerPrice="49000", clientAlgoId="stop")
    await venue.algo("STOP", "SELL", quantity="0.010", triggerPrice="49000", price="48900", timeInForce="GTC")
    await venue.algo("TAKE_PROFIT", "SELL", quantity="0.010", triggerPrice="51000", price="51000", reduceOnly="true")
    await venue.algo("TAKE_PROFIT_MARKET", "SELL", quantity="0.010", triggerPrice="51000", workingType="MARK_PRICE")
    await venue.algo("STOP_MARKET", "SELL", closePosition="true", triggerPrice="45000", priceProtect="true")
    far = await venue.algo("STOP_MARKET", "BUY", quantity="0.010", triggerPrice="60000")
    one = {"algoId": far["algoId"]}
    await venue.rest("GET", "/fapi/v1/algoOrder", **one)
    await queries(venue)
    await venue.rest("DELETE", "/fapi/v1/algoOrder", **one)
    await venue.rest("GET", "/fapi/v1/algoOrder", **one)
    venue.control.move_price("BTCUSDT", "49000", "51000")
    venue.control.advance(100)
    await venue.rest("GET", "/fapi/v1/algoOrder", clientAlgoId="stop")
    await queries(venue)
    venue.control.open_position("BTCUSDT", "SHORT", venue.control.books()["positions"][0]["positionAmt"])
    venue.control.advance(100)
    await venue.algo("STOP_MARKET", "SELL", quantity="0.010", triggerPrice="40000")
    await venue.rest("DELETE", "/fapi/v1/algoOpenOrders", **BTC)


async def trailing(venue: Witness) -> None:
    """A trailing stop: waiting, activated, triggered."""
    await venue.algo("TRAILING_STOP_MARKET", "SELL", quantity="0.010", callbackRate="1", activatePrice="53000")
    await queries(venue)
    venue.control.move_price("BTCUSDT", "53000", "52000")
    venue.control.advance(100)
    late = await venue.algo("TRAILING_STOP_MARKET", "SELL", quantity="0.010", callbackRate="0.5")
    await venue.rest("GET", "/fapi/v1/algoOrder", algoId=late["algoId"])
    await queries(venue)
    await venue.rest("DELETE", "/fapi/v1/algoOpenOrders", **BTC)


async def rejected_algo_orders(venue: Witness) -> None:
    """A conditional order that the matching engine denies, for want of a position to reduce."""
    price = venue.control.price("BTCUSDT")
    trigger = str(price - 1000)
    await venue.algo("STOP_MARKET", "SELL", quantity="0.010", triggerPrice=trigger, reduceOnly="true")
    if venue.control.books()["positions"]:
        amount = venue.control.books()["positions"][0]["positionAmt"]
        venue.control.open_position("BTCUSDT", "LONG" if amount[0] == "-" else "SHORT", amount.lstrip("-"))
    venue.control.move_price("BTCUSDT", trigger)
    venue.control.advance(100)
    await venue.rest("GET", "/fapi/v1/allAlgoOrders", **BTC)


async def bots(venue: Witness) -> None:
    """Binance's own grid bots."""
    venue.control.announce_strategy("BTCUSDT")


async def settings(venue: Witness) -> None:
    """Everything an account may choose."""
    await venue.rest("POST", "/fapi/v1/leverage", **BTC, leverage=21)
    for mode in ("true", "false"):
        await venue.rest("POST", "/fapi/v1/positionSide/dual", dualSidePosition=mode)
        await venue.rest("GET", "/fapi/v1/positionSide/dual")
        await venue.rest("POST", "/fapi/v1/multiAssetsMargin", multiAssetsMargin=mode)
        await venue.rest("GET", "/fapi/v1/multiAssetsMargin")
        await queries(venue)
    await venue.rest("POST", "/fapi/v1/stock/contract")
    await venue.rest("GET", "/fapi/v1/pmAccountInfo", asset="USDT")
    for symbol in ({}, BTC):
        await venue.rest("GET", "/fapi/v1/apiTradingStatus", **symbol)


async def isolated_margin(venue: Witness) -> None:
    """An isolated position, with margin added and taken."""
    await venue.rest("POST", "/fapi/v1/marginType", **BTC, marginType="ISOLATED")
    venue.control.open_position("BTCUSDT", "LONG", "0.100", "50000")
    await venue.rest("POST", "/fapi/v1/positionMargin", **BTC, amount="20", type=1)
    await venue.rest("POST", "/fapi/v1/positionMargin", **BTC, amount="5", type=2)
    await venue.rest("GET", "/fapi/v1/positionMargin/history", **BTC)
    await queries(venue)


async def fee_burn(venue: Witness) -> None:
    """Commissions paid in BNB; deposits and withdrawals."""
    venue.control.deposit("BNB", "2")
    venue.control.deposit("BNB", "-1")
    await venue.rest("POST", "/fapi/v1/feeBurn", feeBurn="true")
    await venue.rest("GET", "/fapi/v1/feeBurn")
    await venue.order("BUY", "0.010")
    await queries(venue)


async def funding(venue: Witness) -> None:
    """Funding of an isolated and of a cross position."""
    venue.control.open_position("ETHUSDT", "SHORT", "1", "2500")
    for symbol in ("BTCUSDT", "ETHUSDT"):
        venue.control.fund(symbol)
    for symbol in ({}, BTC):
        await venue.rest("GET", "/fapi/v1/fundingRate", **symbol)
    await venue.rest("GET", "/fapi/v1/fundingInfo")
    await queries(venue)


async def hedged(venue: Witness) -> None:
    """Hedge mode: both sides of one symbol, orders and conditional orders on each."""
    await venue.rest("POST", "/fapi/v1/positionSide/dual", dualSidePosition="true")
    for position_side, opens, closes in (("LONG", "BUY", "SELL"), ("SHORT", "SELL", "BUY")):
        await venue.order(opens, "0.020", positionSide=position_side)
        await venue.order(closes, "0.010", positionSide=position_side)
        price, trigger = ("48000.0", "49000") if opens == "BUY" else ("52000.0", "51000")
        await venue.order(opens, "0.010", price, positionSide=position_side)
        await venue.algo("STOP_MARKET", closes, positionSide=position_side, closePosition="true", triggerPrice=trigger)
    await queries(venue)
    venue.control.move_price("BTCUSDT", "48900")
    venue.control.advance(100)
    await queries(venue)


async def forced_closes(venue: Witness) -> None:
    """A margin call, cross and isolated; liquidation and auto-deleveraging."""
    await venue.rest("POST", "/fapi/v1/leverage", **BTC, leverage=100)
    await venue.rest("POST", "/fapi/v1/leverage", symbol="ETHUSDT", leverage=50)
    await venue.rest("POST", "/fapi/v1/marginType", symbol="ETHUSDT", marginType="ISOLATED")
    venue.control.open_position("BTCUSDT", "LONG", "5", "50000")
    venue.control.open_position("ETHUSDT", "LONG", "1", "2500")
    venue.control.set_mark("BTCUSDT", "48250")
    venue.control.set_mark("ETHUSDT", "2462")
    await queries(venue)
    venue.control.deleverage("BTCUSDT", "1")
    venue.control.liquidate("BTCUSDT")
    venue.control.liquidate("ETHUSDT")
    await queries(venue)


async def delisting(venue: Witness) -> None:
    """A delisted symbol: its orders expire, its position is settled."""
    venue.control.deposit("USDT", "10000")
    venue.control.open_position("ETHUSDT", "SHORT", "1", "2500")
    await venue.rest(
        "POST",
        "/fapi/v1/order",
        symbol="ETHUSDT",
        side="SELL",
        type="LIMIT",
        timeInForce="GTC",
        quantity="1",
        price="2550",
    )
    venue.control.delist("ETHUSDT")
    await queries(venue)


async def reference(venue: Witness) -> None:
    """Reference and market data, of one symbol and of all."""
    venue.control.trade("BTCUSDT", "BUY", "0.1")
    for path in ("ping", "time", "exchangeInfo", "tradingSchedule"):
        await venue.rest("GET", f"/fapi/v1/{path}")
    for path in ("depth", "rpiDepth", "trades", "historicalTrades", "aggTrades", "openInterest", "commissionRate"):
        await venue.rest("GET", f"/fapi/v1/{path}", **BTC)
    for symbol in ({}, BTC):
        for path in ("ticker/24hr", "ticker/price", "ticker/bookTicker", "premiumIndex", "symbolAdlRisk"):
            await venue.rest("GET", f"/fapi/v1/{path}", **symbol)
        await venue.rest("GET", "/fapi/v2/ticker/price", **symbol)
        await venue.rest("GET", "/fapi/v1/insuranceBalance", **symbol)
        await venue.rest("GET", "/fapi/v1/indexInfo", **symbol)
        await venue.rest("GET", "/fapi/v1/leverageBracket", **symbol)


async def candles(venue: Witness) -> None:
    """Candles of every price, and what indexes are made of."""
    for path in ("klines", "markPriceKlines", "premiumIndexKlines"):
        await venue.rest("GET", f"/fapi/v1/{path}", **BTC, interval="1m", limit=3)
    await venue.rest("GET", "/fapi/v1/indexPriceKlines", pair="BTCUSDT", interval="1m", limit=3)
    contract = {"pair": "BTCUSDT", "contractType": "PERPETUAL"}
    await venue.rest("GET", "/fapi/v1/continuousKlines", **contract, interval="1h", limit=3)
    await venue.rest("GET", "/fapi/v1/constituents", **BTC)
    for symbol in ({}, {"symbol": "BTCUSD"}):
        await venue.rest("GET", "/fapi/v1/assetIndex", **symbol)


async def over_ws_api(venue: Witness) -> None:
    """Every method of the WS API."""
    limit = {**BTC, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.01", "price": "49000"}
    order = await venue.ws("order.place", **limit)
    one = {**BTC, "orderId": str(order["orderId"])}
    await venue.ws("order.modify", **one, side="BUY", quantity="0.02", price="48900", modifyId="3")
    await venue.ws("order.modify", **one, side="BUY", quantity="0.02", price="48800")
    await venue.ws("order.status", **one)
    await venue.ws("order.cancel", **one)
    await venue.ws("order.place", **BTC, side="BUY", type="MARKET", quantity="0.01", newOrderRespType="RESULT")
    stop = {"algoType": "CONDITIONAL", **BTC, "side": "SELL", "quantity": "0.01"}
    algo = await venue.ws("algoOrder.place", **stop, type="STOP_MARKET", triggerPrice="49000")
    await venue.ws("algoOrder.cancel", algoId=str(algo["algoId"]))
    await venue.ws("algoOrder.place", **stop, type="TRAILING_STOP_MARKET", callbackRate="1")
    for name in ("account.status", "account.balance", "account.position"):
        await venue.ws(name)
        await venue.ws(f"v2/{name}")
    for params in ({}, BTC):
        await venue.ws("ticker.price", signed=False, **params)
        await venue.ws("ticker.book", signed=False, **params)
    await venue.ws("depth", signed=False, **BTC, limit="5")
    for method in ("userDataStream.start", "userDataStream.ping"):
        await venue.ws(method)
    for method in ("ping", "time"):
        await venue.ws(method, signed=False)
    await venue.log_on()
    await venue.ws("session.status", signed=False)
    await venue.ws("session.logout", signed=False)


async def listen_keys(venue: Witness) -> None:
    """A listen key's life, to its expiry."""
    await venue.rest("PUT", "/fapi/v1/listenKey")
    venue.control.expire_listen_key()
    await venue.user.drain()
    await venue.rest("POST", "/fapi/v1/listenKey")
    await venue.rest("DELETE", "/fapi/v1/listenKey")
    await venue.rest("POST", "/fapi/v1/listenKey")
    await venue.ws("userDataStream.stop")


async def market_streams(venue: Witness) -> None:
    """The market streams, with trades and with a moving book."""
    kinds: tuple[Any, ...] = ("aggTrade", "markPrice", "kline_1m", "miniTicker", "ticker")
    arrays = ("!markPrice@arr", "!ticker@arr", "!miniTicker@arr", "!assetIndex@arr")
    names = (*(f"btcusdt@{kind}" for kind in kinds), "btcusdt_perpetual@continuousKline_1m", "btcusdt@forceOrder")
    market = await venue.listen("market", *names, *arrays)
    public = await venue.listen(
        "public", *(f"btcusdt@{kind}" for kind in ("bookTicker", "depth", "depth5", "rpiDepth@500ms"))
    )
    venue.control.move_price("BTCUSDT", "50100", "50050")
    await venue.order("BUY", "0.5")
    venue.control.liquidate("BTCUSDT")
    venue.control.advance(1500)
    await market.drain()
    await public.drain()

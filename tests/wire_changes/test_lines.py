"""Wire changes as sentences: each kind of difference is told as a trader would act on it."""

import pytest

from conformance.wire_changes.lines import shown
from tests.wire_changes.lives import ENOUGH, READS, Life, alike, compared, texts


def told(left: Life, right: Life, **how: object) -> list[str]:
    """Return the sentences about several cases alike."""
    return texts(compared(*alike(left, right), **how))


def test_a_version_against_itself_is_nothing() -> None:
    """Two runs that differ in ids, times and the order of concurrent reads differ in nothing."""
    one = Life().start(READS).connects("/private/ws?listenKey=LISTENKEY-1").submit()
    other = Life(orders_from=5000).wait(3).start(READS[::-1]).connects("/private/ws?listenKey=LISTENKEY-7").submit()

    assert told(one, other) == []


def test_start_asks_more() -> None:
    """What a start asks more is one sentence, with the requests and weights of both versions."""
    more = (*READS, "GET /fapi/v1/positionSide/dual", "GET /fapi/v2/account")

    assert told(Life().start(), Life().start(more)) == [
        (
            "a start asks 2 more questions (+35 weight; 3 → 5 requests, 46 → 81 weight): now "
            "`GET /fapi/v1/positionSide/dual`; `GET /fapi/v2/account` twice instead of once"
        )
    ]


def test_keeping_the_session_alive_belongs_to_the_start() -> None:
    """A listen key that is kept alive at once may go out before the trader is said to run, or after: no difference."""
    keep = ("PUT /fapi/v1/listenKey",)

    assert told(Life().start((*READS, *keep)), Life().start(last=keep)) == []


def test_order_costs_more() -> None:
    """A second request for one order is told for its kind of order."""
    assert told(Life().start().submit(), Life().start().submit(also=["GET /fapi/v1/order"])) == [
        "submitting a LIMIT costs 2 requests instead of 1 (+1 weight): now asks `GET /fapi/v1/order`"
    ]


def test_parameter_is_carried() -> None:
    """A new parameter is told with its endpoint; a default that is said is the same in another way."""
    stop = {"type": "STOP_MARKET", "route": "POST /fapi/v1/algoOrder"}
    before = Life().start().submit(**stop)
    after = Life().start().submit(**stop, params={"priceProtect": "true", "workingType": "CONTRACT_PRICE"})

    changes = compared(*alike(before, after))

    assert [line.text for line in changes.changes] == ["`POST /fapi/v1/algoOrder` now carries `priceProtect`"]
    assert [line.text for line in changes.other_ways] == [
        "`POST /fapi/v1/algoOrder` says the default `workingType=CONTRACT_PRICE`"
    ]


def test_value_in_another_form_is_another_way() -> None:
    """A figure or word that is written differently is no change of what is asked."""
    before, after = Life().start().submit(quantity="0.010"), Life().start().submit(quantity="0.01")

    changes = compared(*alike(before, after))

    assert changes.changes == ()
    assert texts(changes) == ["`POST /fapi/v1/order` writes in another form: `quantity`"]


def test_another_value_is_a_change() -> None:
    """A quantity that is another figure is told with both."""
    assert told(Life().start().submit(quantity="0.010"), Life().start().submit(quantity="0.020")) == [
        "`POST /fapi/v1/order` carries another value: `quantity` (0.010 → 0.020)"
    ]


def test_event_is_no_longer_emitted() -> None:
    """An event that is gone is told with what the venue had said of the order."""
    triggered = {"e": "ALGO_UPDATE", "o": {"caid": "T-1", "aid": 9, "X": "TRIGGERED"}}
    before = Life().start().submit().frame(triggered).event("OrderUpdated")  # type: ignore[attr-defined]
    after = Life().start().submit().frame(triggered)

    assert told(before, after) == ["OrderUpdated is no longer emitted after a trigger"]


def test_field_is_gone() -> None:
    """A field that an event lost is told; a trade id counts by whether the venue has told it."""
    fill = {"status": "FILLED", "last_qty": "0.010"}
    before, after = Life().start().submit(), Life().start().submit()
    before.order_frame("FILLED", x="TRADE", trade=7, i=before.ids["T-1"])
    before.event("OrderFilled", trade_id="7", commission="0.1", **fill)
    after.order_frame("FILLED", x="TRADE", trade=8, i=after.ids["T-1"])
    after.event("OrderFilled", trade_id="b1946ac9", **fill)

    assert told(before, after) == [
        "OrderFilled no longer has `commission`; differs in `trade_id` (<the venue's> → <made up>)"
    ]


def test_order_of_events() -> None:
    """The same events in another order are told as the first pair that is swapped."""
    before = Life().start().submit().event("OrderUpdated").event("OrderTriggered")
    after = Life().start().submit().event("OrderTriggered").event("OrderUpdated")

    assert told(before, after) == ["OrderTriggered comes before OrderUpdated, no longer after it"]  # type: ignore[arg-type]


def test_unsent_order_is_one_line() -> None:
    """Of an order that is denied now, the requests and events that it no longer leads to are not told one by one."""
    assert told(Life().start().submit(), Life().start().submit(sent=False)) == [
        "orders that were sent are no longer: a LIMIT (`POST /fapi/v1/order`)"
    ]


@pytest.mark.parametrize(
    ("before", "after", "other_way"),
    [
        ("DELETE /fapi/v1/allOpenOrders", "DELETE /fapi/v1/order", True),
        ("DELETE /fapi/v1/allOpenOrders", "GET /fapi/v1/openOrders", False),
    ],
)
def test_same_purpose_is_another_way(before: str, after: str, *, other_way: bool) -> None:
    """One cancellation an order is another way of cancelling all; a question is not."""
    lives = []
    for route in (before, after):
        life = Life().start().submit()
        life.commanded("cancel_all", symbol="BTCUSDT")
        life.request(route, symbol="BTCUSDT")
        lives.append(life)

    changes = compared(*alike(*lives))

    assert texts(changes) == [f"cancelling all orders no longer asks `{before}`; now asks `{after}`"]
    assert bool(changes.other_ways) is other_way


def test_stream_elsewhere() -> None:
    """A user stream that is opened in another place is told without its listen key."""
    before = Life().start().connects("/stream?streams=LISTENKEY-1")
    after = Life().start().connects("/private/ws?listenKey=LISTENKEY-1")

    assert told(before, after) == [
        (
            "connections for the user stream: now `/private/ws?listenKey=<listen key>`; no longer "
            "`/stream?streams=<listen key>`"
        )
    ]


def test_retry_is_no_other_request() -> None:
    """What an order is asked with counts once; that it is asked again is another matter."""
    again = Life().start().submit()
    again.request("POST /fapi/v1/order", newClientOrderId="T-1", quantity="0.030").answer(200, {})

    assert told(Life().start().submit(), again) == [
        "submitting a LIMIT costs 2 requests instead of 1: asks `POST /fapi/v1/order` twice instead of once"
    ]


def test_other_ways_have_room_of_their_own() -> None:
    """Many changes do not crowd out what is the same in another way: a quarter of the lines is its own."""
    pairs = []
    for nth in range(30):
        params = {"quantity": "0.0100", f"new{nth}": "x"}
        after = Life().start().submit(params=params, route=f"POST /fapi/v1/order{nth}")
        pairs += [(Life().start().submit(route=f"POST /fapi/v1/order{nth}"), after)] * ENOUGH

    changes = compared(*pairs)

    read = shown(changes.lines)

    assert [line.another_way for line in read] == [False] * 24 + [True]
    assert len(changes.lines) == 31


def test_most_frequent_first() -> None:
    """A change in many cases is one line with its count, before those of the same matter in fewer cases."""
    rare = (Life().start().submit(), Life().start().submit(also=["GET /fapi/v1/order"]))
    frequent = (Life().start().submit(), Life().start().submit(params={"priceMatch": "QUEUE"}))

    changes = compared(*[rare] * ENOUGH, *[frequent] * 7)

    assert [len(line.cases) for line in changes.lines] == [7, ENOUGH]


def test_what_costs_money_comes_first() -> None:
    """What is done about orders comes before events, and events before questions, whatever most cases show."""
    orders = (Life().start().submit(), Life().start().submit(also=["GET /fapi/v1/order"]))
    events = (Life().start().submit(), Life().start().submit().event("OrderUpdated"))
    questions = (Life().start(), Life().start((*READS, "GET /fapi/v1/time")))

    changes = compared(*[questions] * 9, *[events] * 7, *[orders] * ENOUGH)

    assert [line.text.split()[0] for line in changes.lines] == ["submitting", "OrderUpdated", "a"]


def test_commands_that_changed_alike_are_one_line() -> None:
    """What is asked after an error is told once for all kinds of order, apart from what is asked plainly."""
    pairs = []
    for kind, troubled in (("LIMIT", False), ("LIMIT", True), ("MARKET", True)):
        lives = [Life().start(), Life().start()]
        for life, also in zip(lives, ([], ["GET /fapi/v1/order"]), strict=True):
            (life.trouble() if troubled else life).submit(type=kind, also=also)
        pairs += [tuple(lives)] * ENOUGH

    again = {ENOUGH * 2 - 1: [pairs[ENOUGH]], ENOUGH * 3 - 1: [pairs[-1]]}

    assert texts(compared(*pairs, again=again)) == [
        "after an error or a lost answer, submitting a LIMIT and a MARKET now asks `GET /fapi/v1/order`",
        "submitting a LIMIT costs 2 requests instead of 1 (+1 weight): now asks `GET /fapi/v1/order`",
    ]


def test_other_half_of_a_change_is_believed() -> None:
    """What few cases ask in place of what many ask no longer is told with it."""
    single, page = ("POST /fapi/v1/order",) * 2, ("POST /fapi/v1/batchOrders",)
    lives = {}
    for asked in (single, page, ()):
        life = lives[asked] = Life().start()
        life.commanded("submit_list")
        for route in asked:
            life.request(route).answer(200, {})

    changes = compared(*[(lives[single], lives[()])] * ENOUGH, (lives[single], lives[page]))

    assert texts(changes) == [
        "submitting a list of orders no longer asks `POST /fapi/v1/order`; now asks `POST /fapi/v1/batchOrders` (in 1)"
    ]


def test_events_in_another_number_are_not_compared_one_by_one() -> None:
    """The second of three events is not the second of two: only that there are more is told."""
    before, after = Life().start().submit(), Life().start().submit()
    for life, figures in ((before, ("0.1", "0.3")), (after, ("0.1", "0.2", "0.3"))):
        for figure in figures:
            life.event("OrderUpdated", quantity=figure)

    assert told(before, after) == ["OrderUpdated is emitted more often after an acceptance"]


def test_order_made_otherwise_is_no_change_of_the_version() -> None:
    """An event that repeats the order as each version was given it is no change; one that says otherwise is."""
    lives = {}
    for made, said in ((False, False), (True, True), (False, True)):
        life = lives[made, said] = Life().start()
        life.event("OrderInitialized", reduce_only=made)
        life.submit()
        life.event("OrderUpdated", reduce_only=said)

    assert told(lives[False, False], lives[True, True]) == []
    assert told(lives[False, False], lives[False, True]) == ["OrderUpdated differs in `reduce_only` (False → True)"]


def test_events_of_an_order_of_another_client_are_told() -> None:
    """An order that the venue made, of which the trader says something now and said nothing before, is a change."""
    before, after = Life().start().submit(), Life().start().submit()
    for life in (before, after):
        life.order_frame("FILLED", "autoclose-1", x="CALCULATED", i=77)
    after.event("OrderFilled", "autoclose-1", venue_order_id="77")

    assert told(before, after) == ["OrderFilled is now emitted after a liquidation"]


@pytest.mark.parametrize("opened_by", ["T-1", "autoclose-1"])
def test_positions_of_other_orders_are_left_out_across_generations(opened_by: str) -> None:
    """A strategy of 2.x is told of the positions that its own orders open, and of no others."""
    before, after = Life().start().submit(), Life().start().submit()
    for life in (before, after):
        life.order_frame("FILLED", opened_by, x="CALCULATED", i=77, s="BTCUSDT")
    before.event("PositionOpened", "", symbol="BTCUSDT", opening_order_id=opened_by)

    expected = ["PositionOpened is no longer emitted"] if opened_by == "T-1" else []
    assert told(before, after, across_generations=True) == expected
    assert told(before, after) == ["PositionOpened is no longer emitted"]


def test_another_account_is_told() -> None:
    """A cache database of the one version is of no use to the other: events that name another account say so."""
    before, after = Life().start().submit(), Life().start().submit()
    before.event("OrderUpdated", account_id="BINANCE-USDT_FUTURES-master")
    after.event("OrderUpdated", account_id="BINANCE-001")

    assert told(before, after) == ["OrderUpdated differs in `account_id` (BINANCE-USDT_FUTURES-master → BINANCE-001)"]


def test_order_that_an_algorithm_cuts_up_is_of_a_kind_of_its_own() -> None:
    """Its slices are no more requests for an order as such."""
    cut = {"type": "MARKET", "exec_algorithm_id": "TWAP"}
    before, after = Life().start().submit(**cut), Life().start().submit(**cut, also=["POST /fapi/v1/order"])

    (line,) = told(before, after)

    assert line.startswith("submitting a MARKET by TWAP costs 2 requests instead of 1")

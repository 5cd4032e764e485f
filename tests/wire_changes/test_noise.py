"""What is believed: chance between two runs is no change between two versions, and a change is not lost in it."""

from conformance.history.entries import Reply
from conformance.wire_changes.comparison import WireComparison
from tests.wire_changes.lives import ENOUGH, READS, Life, compared, texts

MORE = (*READS, "GET /fapi/v1/time")


def test_value_seen_on_both_sides_is_noise() -> None:
    """A case that ran again shows a set of values on either side: what both have shown differs by chance."""
    few, many = Life().start(), Life().start(MORE)

    assert texts(compared((few, many), again={0: [(many, few)]})) == []


def test_one_case_is_believed_once_it_comes_back() -> None:
    """A difference in one case is told once enough further runs of both show it, and left in doubt until then."""
    few, many = Life().start(), Life().start(MORE)

    unseen = compared((few, many))

    assert (texts(unseen), unseen.doubtful) == ([], 1)
    assert [line.cases for line in unseen.in_doubt] == [("CASE-000",)]
    assert compared((few, many), again={0: [(few, many)]}).doubtful == 1
    assert len(compared((few, many), again={0: [(few, many)] * 4}).lines) == 1


def test_chance_has_no_direction() -> None:
    """What differs one way in some cases and the other way in as many is noise, though no case ran again."""
    few, many = Life().start(), Life().start(MORE)

    assert texts(compared(*[(few, many)] * ENOUGH, *[(many, few)] * ENOUGH)) == []


def test_difference_within_one_version_is_noise_everywhere() -> None:
    """What two runs of one version show in one case is not believed of others that ran once."""
    few, many = Life().start(), Life().start(MORE)

    assert texts(compared(*[(few, many)] * ENOUGH, (few, few), again={ENOUGH: [(many, few)]})) == []


def test_change_outweighs_rare_noise() -> None:
    """A change that comes back in case after case is told, though one case shows it within a version too."""
    few, many = Life().start(), Life().start(MORE)
    pairs = [(few, many)] * 6

    changes = compared(*pairs, again={0: [(many, many)], **{nth: [(few, many)] for nth in range(1, 6)}})

    assert [len(line.cases) for line in changes.lines] == [5]


def test_what_only_one_side_was_asked_to_do_does_not_compare() -> None:
    """Of a case that failed early on one side, what the other went on to do is no difference."""
    failed = Life().start().submit().stop()
    passed = Life().start().submit()
    passed.commanded("cancel", client_order_id="T-1")
    passed.request("DELETE /fapi/v1/order", origClientOrderId="T-1").event("OrderCanceled").answer()
    passed.stop()

    assert texts(compared(*[(failed, passed)] * ENOUGH)) == []


def test_how_often_is_asked_in_trouble_is_vague() -> None:
    """Once something has gone wrong, how often is asked again depends on time: once and several times compare."""
    twice = Life().start().trouble().submit(also=["GET /fapi/v1/order"] * 2)
    often = Life().start().trouble().submit(also=["GET /fapi/v1/order"] * 5)
    once = Life().start().trouble().submit(also=["GET /fapi/v1/order"])

    assert texts(compared(*[(twice, often)] * ENOUGH)) == []
    assert texts(compared(*[(once, often)] * ENOUGH, again={0: [(once, often)]})) == [
        "after an error or a lost answer, submitting a LIMIT asks `GET /fapi/v1/order` several times instead of once"
    ]


def test_what_is_asked_in_trouble_is_looked_at_again() -> None:
    """One busy moment is shared by many cases: what is asked after an error is in doubt until it comes back."""
    silent, asking = Life().start().trouble().submit(), Life().start().trouble().submit(also=["GET /fapi/v1/order"])
    pairs = [(silent, asking)] * ENOUGH * 2

    changes = compared(*pairs)

    assert (texts(changes), changes.doubtful) == ([], 1)
    assert len(compared(*pairs, again={0: [(silent, asking)]}).lines) == 1


def test_how_often_a_trader_checks_is_no_change() -> None:
    """A case that takes longer sees more of a trader's periodic checks: that it asks at all is what compares."""
    one, other = "GET /fapi/v1/openOrders", "GET /fapi/v1/openAlgoOrders"
    quick, slow, both = Life().start(last=[one]), Life().start(last=[one] * 3), Life().start(last=[one, other])

    assert texts(compared(*[(quick, slow)] * ENOUGH)) == []
    assert texts(compared(*[(quick, both)] * ENOUGH)) == [f"a trader that is left alone now asks `{other}`"]


def test_exact_counts_compare_vaguely_with_vague_ones() -> None:
    """Where only one side met trouble, three questions of the other are several as well."""
    exact = Life().start().submit(also=["GET /fapi/v1/order"] * 3)
    vague = Life().start().trouble().submit(also=["GET /fapi/v1/order"] * 5)

    assert texts(compared(*[(exact, vague)] * ENOUGH)) == []


def test_start_that_failed_does_not_compare() -> None:
    """A trader that did not get connected has not asked all that a start asks."""
    assert texts(compared(*[(Life().start(), Life().start(READS[:1], ok=False))] * ENOUGH)) == []


def test_cases_to_look_at_again() -> None:
    """The quickest case of each difference in doubt settles it; what many cases show needs no further run."""
    comparison = WireComparison()
    for nth in range(30):
        comparison.add(f"START-{nth:03}", [Life().start().history], [Life().start(MORE).history])
    for nth in range(3):
        smaller, larger = Life().start().submit(), Life().start().submit(quantity="0.020")
        comparison.add(f"ORDER-{nth:03}", [smaller.history], [larger.history])

    assert comparison.to_look_again() == ["ORDER-000"]
    assert comparison.to_look_again({"ORDER-000": 5.0, "ORDER-001": 1.2, "ORDER-002": 1.1}) == ["ORDER-002"]
    assert comparison.to_look_again({"ORDER-000": 5.0, "ORDER-001": 1.2, "ORDER-002": 1.1}, within_s=1.0) == []


def test_a_case_that_settles_several_differences_is_worth_its_time() -> None:
    """Further runs cost the gate's time: they go where they settle most for it, and end where it is used up."""
    comparison = WireComparison()
    more = {"timeInForce": "GTX"}
    both = Life().start().submit(quantity="0.020", params=more)
    comparison.add("BOTH", [Life().start().submit().history], [both.history])
    comparison.add("ONE", [Life().start().submit().history], [Life().start().submit(quantity="0.020").history])
    comparison.add("OTHER", [Life().start().submit().history], [Life().start().submit(params=more).history])
    took = {"BOTH": 1.5, "ONE": 1.0, "OTHER": 1.0}

    assert comparison.to_look_again(took) == ["BOTH"]
    assert comparison.to_look_again({**took, "BOTH": 3.0}) == ["ONE", "OTHER"]
    assert comparison.to_look_again({**took, "BOTH": 3.0}, within_s=1.0) == ["ONE"]


def test_orders_by_their_number_are_followed_across_generations() -> None:
    """2.x prefixes client order ids, and calls orders by numbers: it is the same order in both."""
    one, other = Life().start().submit(), Life(orders_from=7000).start()
    other.commanded("submit", order={"client_order_id": "T-1", "type": "LIMIT", "side": "BUY", "quantity": "0.010"})
    other.event("OrderSubmitted")
    other.request("POST /fapi/v1/order", newClientOrderId="x-aHRE4BCj-RT-1", quantity="0.010")
    other.answer(200, {"orderId": 7001, "clientOrderId": "x-aHRE4BCj-RT-1"})
    other.order_frame("NEW", "x-aHRE4BCj-RT-1", i=7001)
    other.event("OrderAccepted", venue_order_id="7001")
    other.history.append(Reply(n=9, ok=True))

    assert texts(compared(*[(one, other)] * ENOUGH, across_generations=True)) == []


def test_question_under_way_belongs_to_its_command() -> None:
    """A query that goes out before the stop or after it is the query's, and a check under way no question of a stop."""
    before, after = Life().start().submit(), Life().start().submit()
    for life, is_late in ((before, False), (after, True)):
        life.commanded("query_order", client_order_id="T-1")
        if is_late:
            life.commanded("stop", graceful=True)
        life.request("GET /fapi/v1/order", origClientOrderId="T-1").answer(200, {})
        life.request("GET /fapi/v1/openOrders").answer(200, [])
        if not is_late:
            life.commanded("stop", graceful=True)

    changes = compared(*[(before, after)] * ENOUGH)

    assert (texts(changes), changes.doubtful) == ([], 0)


def test_figures_in_another_form_do_not_vouch_for_other_figures() -> None:
    """Of a field that many cases write in another form, another figure in one case is still in doubt."""
    lives = {price: Life().start().submit() for price in ("1.0", "1.00", "2.0")}
    for price, life in lives.items():
        life.event("OrderFilled", last_px=price)
    same, form, other = lives.values()

    changes = compared(*[(same, form)] * ENOUGH, (same, other))

    assert texts(changes) == ["events write figures in another form: `OrderFilled.last_px`"]
    assert changes.doubtful == 1


def test_which_symbol_is_asked_about_first_is_no_change() -> None:
    """A set of symbols has another order in each process of a trader."""
    symbols = ("BTCUSDT", "ETHUSDT")
    one, other = Life().start(), Life().start()
    for life, order in ((one, symbols), (other, reversed(symbols))):
        life.commanded("query_account")
        for symbol in order:
            life.request("GET /fapi/v1/allOrders", symbol=symbol).answer(200, [])

    assert texts(compared(*[(one, other)] * ENOUGH)) == []

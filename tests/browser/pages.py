"""Pages to look at: a regression with everything in it, an upgrade, and many versions, from made-up histories."""

from dataclasses import replace
from pathlib import Path

import msgspec
from msgspec.structs import replace as replace_struct

from conformance.explore.findings import Finding
from conformance.history.entries import (
    Answer,
    AskedOrder,
    Command,
    Entry,
    Event,
    FailedCheck,
    FaultApplied,
    Frame,
    Reply,
    Request,
)
from conformance.history.history import History
from conformance.report.comparison import Comparison
from conformance.report.explored import Explored
from conformance.report.html import verdict_html
from conformance.report.versions_page import versions_html
from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import Results
from conformance.verdict.verdict import compare
from conformance.wire_changes.comparison import WireChanges
from conformance.wire_changes.wording import Line
from tests.report.examples import result, results

REGRESSED, FIXED, BROKEN = "STOP-010", "CXL-020", "ERR-010"
#: As long as an id of a family gets, of what the candidate cannot be asked.
GONE, LACKS = (
    "FATE-020.cancel-batch.reset-before.not-done.outage",
    "NautilusTrader 2.0.0 has no batches_of_cancellations",
)
REQUIREMENT = "A STOP_MARKET MUST be sent to the Algo service and be accepted under its algoId."


def write_pages(folder: Path) -> None:
    """Write `verdict.html`, `upgrade.html` and `versions.html` into the folder."""
    before, after = _baseline(folder), _candidate(folder)
    wire = WireChanges((Line("`POST /fapi/v1/listenKey` now carries `timestamp`", ("LMT-010", "LMT-020")),), cases=4)
    verdict = Comparison(compare(before, after), before, after, {REGRESSED: REQUIREMENT}, {REGRESSED: ["#3287"]})
    whole = replace(verdict, wire_changes=wire, explorations=(_explored(),))
    (folder / "verdict.html").write_text(verdict_html(whole), encoding="utf-8")
    same = results("1.231.0", *(result(f"LMT-{number:03}", Outcome.PASSED) for number in range(10, 200, 10)))
    upgrade = Comparison(compare(same, replace(same)), same, same)
    (folder / "upgrade.html").write_text(verdict_html(upgrade), encoding="utf-8")
    runs = [replace(run, header=replace(run.header, profile=name)) for name in ("", "ws") for run in (before, after)]
    (folder / "versions.html").write_text(versions_html([*runs, *runs, *runs], {REGRESSED: REQUIREMENT}))


def _explored() -> Explored:
    """What was found on 1.231.0 by `conformance explore`, and once more as if it had come back too seldom."""
    stored = msgspec.json.decode(Path(__file__).with_name("finding.json").read_bytes(), type=Finding)
    return Explored(programs=60, sure=[stored], unsure=[replace_struct(stored, shown=1)])


def _baseline(folder: Path) -> Results:
    answer = Answer(to=3, status=200, body={"algoId": 4000001, "clientAlgoId": "STOP-010-1"})
    told = Frame(connection=1, channel="user", data={"e": "ALGO_UPDATE", "o": {"caid": "STOP-010-1", "X": "NEW"}})
    accepted = Event(name="OrderAccepted", client_order_id="STOP-010-1", venue_order_id="4000001")
    _write(
        folder / "before" / "histories" / f"{REGRESSED}.jsonl", *_asked("/fapi/v1/algoOrder"), answer, told, accepted
    )
    return results(
        "1.231.0",
        *(result(REGRESSED, Outcome.PASSED), result(FIXED, Outcome.FAILED, expected=True)),
        *(result(BROKEN, Outcome.PASSED), result("LMT-010", Outcome.PASSED), result("LIST-010", Outcome.UNSUPPORTED)),
        result(GONE, Outcome.PASSED),
        path=folder / "before" / "baseline.jsonl",
    )


def _candidate(folder: Path) -> Results:
    refused = Answer(to=3, status=400, body={"code": -4120, "msg": "Order type not supported for this endpoint."})
    reason = "{'code': -4120, 'msg': 'Order type not supported for this endpoint.'}"
    rejected = Event(name="OrderRejected", client_order_id="STOP-010-1", reason=reason)
    lost = FaultApplied(what="lose", event="ORDER_TRADE_UPDATE", connection=1)
    check = FailedCheck(
        about="order STOP-010-1 (STOP_MARKET)", required="ACCEPTED", seen=f"REJECTED, reason {reason!r}", began=4
    )
    path = folder / "after" / "histories" / f"{REGRESSED}.jsonl"
    _write(path, *_asked("/fapi/v1/order"), refused, lost, rejected, check)
    return results(
        "2.0.0",
        *(result(REGRESSED, Outcome.FAILED, "STOP_MARKET ended REJECTED (-4120), required ACCEPTED"),),
        *(result(FIXED, Outcome.PASSED), result(BROKEN, Outcome.BROKEN, "the gateway failed")),
        *(result("LMT-010", Outcome.PASSED), result("LIST-010", Outcome.UNSUPPORTED)),
        result(GONE, Outcome.UNSUPPORTED, LACKS),
        path=folder / "after" / "candidate.jsonl",
    )


def _asked(path: str) -> list[Entry]:
    order = AskedOrder(client_order_id="STOP-010-1", type="STOP_MARKET", side="SELL", quantity="0.010")
    params = {"newClientOrderId": "STOP-010-1", "type": "STOP_MARKET", "side": "SELL", "stopPrice": "49000.00"}
    return [
        Command(n=1, op="start"),
        Reply(n=1, ok=True),
        Command(n=2, op="submit", order=order),
        Event(name="OrderSubmitted", client_order_id="STOP-010-1"),
        Request(id=3, by="trader", method="POST", path=path, params=params),
    ]


def _write(path: Path, *entries: Entry) -> None:
    ticks = iter(range(0, 10**9, 4_200_000))
    history = History(clock=lambda: next(ticks))
    for entry in entries:
        history.append(entry)
    history.write(path)

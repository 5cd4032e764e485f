"""Stands in for pytest in the gate's tests: a real process that writes results as it was told, one line at a time.

Its one argument is JSON: `results`, `subject`, `header` (fields of the results' header), `cases` (id → outcome in short
form: P, U, D, B, F:signature, K:signature for a failure on record, P! for a pass that is on record as failing) and
`ending`, which is how it ends: `whole`, `cut` (no footer), `dead` (killed in mid-run), `usage` (exit 4, no results),
`nothing` (exit 0, no results), `hung` (never, until it is interrupted; then it writes `interrupted`), `deaf` (never,
and takes no notice of SIGINT).
"""

import json
import os
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Never

from conformance.verdict.outcomes import Outcome
from conformance.verdict.results import CaseResult, Header, ResultsWriter

OUTCOMES = {outcome.value[0].upper(): outcome for outcome in Outcome}


def result(case_id: str, short: str) -> CaseResult:
    """Return a case's result from its short form."""
    form, _, signature = short.partition(":")
    letter = form[0]
    outcome = Outcome.FAILED if letter == "K" else OUTCOMES[letter]
    return CaseResult(
        id=case_id,
        outcome=outcome,
        expected=letter in ("P", "U", "K") and form != "P!",
        seconds=0.1,
        signature=signature if outcome is Outcome.FAILED else None,
        defect="lost-stops" if letter == "K" else None,
        reason=None if outcome in (Outcome.PASSED, Outcome.FAILED) else "because",
    )


def main(told: str, more: Mapping[str, str]) -> None:
    """Write the results, with `more` in their header, and end as told."""
    plan = json.loads(told)
    path, ending = Path(plan["results"]), plan["ending"]
    print(f"pretending to run {plan['subject']}", flush=True)
    if ending == "nothing":
        return
    if ending == "usage":
        print("ERROR: wrong usage of pytest", flush=True)
        raise SystemExit(4)
    header = Header(
        suite_revision="abc",
        subject=plan["subject"],
        installed="not at all",
        python="3.12.1",
        world="simulator",
        platform="test",
        started="2026-11-22T08:00:00+00:00",
    )
    writer = ResultsWriter(path, replace(header, **plan.get("header", {}), **dict(more)))
    for case_id, short in plan["cases"].items():
        writer.write(result(case_id, short))
    if ending == "dead":
        os.kill(os.getpid(), signal.SIGKILL)
    if ending in ("hung", "deaf"):
        hang(path, deaf=ending == "deaf")
    if ending == "whole":
        writer.close()
    print("the last words", flush=True)


def hang(path: Path, *, deaf: bool) -> Never:
    """Tell the test who is hanging, through a named pipe, and hang."""
    # Not left to who started the tests: a shell's background command has SIGINT ignored.
    signal.signal(signal.SIGINT, signal.SIG_IGN if deaf else signal.default_int_handler)
    try:
        path.with_name("hanging").write_text(str(os.getpid()))
        while True:
            time.sleep(60)
    except KeyboardInterrupt:
        path.with_name("interrupted").touch()
        raise SystemExit(2) from None


if __name__ == "__main__":
    main(sys.argv[1], dict(each.split("=", 1) for each in sys.argv[2:]))

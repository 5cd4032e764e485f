"""What a run on GitHub's runners shows beside its log: annotations of the run, and its summary."""

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from conformance.report.comparison import Comparison
from conformance.report.findings import Finding
from conformance.report.markdown import verdict_markdown

#: GitHub shows ten annotations of each kind and step.
_MOST = 10


def on_github(variables: Mapping[str, str] = os.environ) -> bool:
    """Whether this runs in a job of GitHub Actions."""
    return variables.get("GITHUB_ACTIONS") == "true"


def annotations(comparison: Comparison) -> Iterator[str]:
    """Yield workflow commands that annotate the run: an error for what speaks against, a warning for the undecided."""
    rows = comparison.rows()
    against = [Finding(comparison, row) for row in rows if row.against]
    for finding in against[:_MOST]:
        told = ". ".join(filter(None, (finding.requirement.rstrip("."), finding.what_happened)))
        yield _command("error", f"{finding.id} {finding.change.change}", told)
    for row in comparison.undecided()[:_MOST]:
        what = "fails alike on both, which is not on record" if row.unexplained else row.change
        yield _command("warning", f"{row.id} {what}", row.why or "")
    if not rows:
        yield _command("warning", comparison.headline, " ".join(comparison.verdict.reasons))


@contextmanager
def heard_by_nobody(variables: Mapping[str, str] = os.environ) -> Iterator[None]:
    """Let GitHub take nothing that is printed meanwhile for a command: what a trader said is quoted there."""
    if not on_github(variables):
        yield
        return
    token = secrets.token_hex(16)
    print(f"::stop-commands::{token}", flush=True)
    try:
        yield
    finally:
        print(f"::{token}::", flush=True)


def summarise(comparison: Comparison, variables: Mapping[str, str] = os.environ) -> bool:
    """Append the report to the job's summary, where GitHub has given a place for it; return whether it did."""
    place = variables.get("GITHUB_STEP_SUMMARY")
    if not place:
        return False
    with Path(place).open("a", encoding="utf-8") as summary:
        summary.write(verdict_markdown(comparison))
    return True


def _command(kind: str, title: str, text: str) -> str:
    """Return a workflow command. What a trader said must not end it and begin another."""
    escaped = title
    for character, code in (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"), (":", "%3A"), (",", "%2C")):
        escaped = escaped.replace(character, code)
    message = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return f"::{kind} title={escaped}::{message}"

"""The record of what ccxt exercises is what ccxt exercised."""

from tests.clients import evidence


def test_evidence__is_what_was_seen(exercised: set[str], whole_run: bool) -> None:
    """Nothing is recorded that was not seen in a whole run, and nothing seen that is not recorded."""
    recorded = evidence.read()

    assert exercised - recorded == set(), "run with --record-evidence and commit evidence.yaml"
    if whole_run:
        assert recorded - exercised == set(), "run with --record-evidence and commit evidence.yaml"

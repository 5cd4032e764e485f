"""A test whose needs are not met is skipped for a person, and fails where all are to run."""

import pytest

from tests.support.absent import COMPLETE, absent


@pytest.mark.parametrize(("complete", "end"), [("", pytest.skip.Exception), ("1", pytest.fail.Exception)])
def test_what_is_absent_fails_in_continuous_integration(
    monkeypatch: pytest.MonkeyPatch, complete: str, end: type[BaseException]
) -> None:
    """Without the variable the test is skipped with the reason; with it the reason is a failure's."""
    monkeypatch.setenv(COMPLETE, complete)

    with pytest.raises(end, match="no such Python"):
        absent("no such Python")

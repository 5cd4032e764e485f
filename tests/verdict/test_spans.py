"""Spans of versions: what defects write, and which versions are within."""

import pytest
from packaging.version import Version

from conformance.verdict.spans import Span


@pytest.mark.parametrize(
    ("text", "within", "without"),
    [
        ("==1.221.0", ["1.221.0"], ["1.220.0", "1.222.0"]),
        (">=1.222.0,<2", ["1.222.0", "1.232.0a20260801"], ["1.221.0", "2.0.0rc1", "2.0.0"]),
        ("<=1.231.0", ["1.231.0a20260801", "1.1"], ["1.232.0a20260801"]),
        (">=2.0.0rc3,<=2.0.0rc6", ["2.0.0rc3", "2.0.0rc6"], ["2.0.0rc2", "2.0.0"]),
    ],
)
def test_a_span_is_read_and_written(text: str, within: list[str], without: list[str]) -> None:
    """Pre-releases count, a span that ends before 2 ends before its pre-releases, and the text comes back."""
    span = Span.parse(text)

    assert str(span) == text
    assert all(Version(version) in span for version in within)
    assert not any(Version(version) in span for version in without)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1.221.0", "expected versions such as"),
        ("~=1.221", "expected versions such as"),
        (">=1.2,>=1.3", "expected versions such as"),
        ("==latest", "'latest' is not a version"),
        (">=2,<1", "no version satisfies"),
    ],
)
def test_what_is_no_span_is_refused(text: str, message: str) -> None:
    """Each span is one stretch of versions, so that it can be cut and joined."""
    with pytest.raises(ValueError, match=message):
        Span.parse(text)


def test_a_span_is_cut_at_a_version() -> None:
    """The part before and the part since; None where there is none."""
    span = Span.parse(">=1.221.0,<2")

    assert str(span.before(Version("1.226.0"))) == ">=1.221.0,<1.226.0"
    assert str(span.since(Version("1.226.0"))) == ">=1.226.0,<2"
    assert span.before(Version("1.221.0")) is None
    assert span.since(Version("2.0.0")) is None

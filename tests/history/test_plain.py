"""Text from elsewhere does nothing on a terminal or a page: not from a request, and not from anything else."""

import pytest

from conformance.history.entries import Request
from conformance.history.plain import plain
from conformance.history.timeline import describe


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\x9b2J", r"\x9b2J"),
        ("over\rwritten", r"over\x0dwritten"),
        ("\u202etxt.exe", r"\u202etxt.exe"),
        ("\u2066\u200f\ufeff", r"\u2066\u200f\ufeff"),
        ("\ud800", r"\ud800"),
        ("币安人生 – ✓\tand\nmore", "币安人生 – ✓\tand\nmore"),
    ],
)
def test_control_characters_are_shown(text: str, shown: str) -> None:
    """What would act is an escape; letters of any language, tabs and line feeds stay."""
    assert plain(text) == shown


def test_timeline_of_a_hostile_request_is_readable() -> None:
    """A trader that asks for escape sequences gets them shown to whoever reads its case."""
    request = Request(
        id=1, by="trader", method="GET\x1b[2J", path="/fapi/\x07", params={"symbol\x1b": "\x1b]0;mine\x07"}
    )

    assert describe(request, width=1000).isprintable()

"""Text that came from elsewhere, made fit for a terminal, a log and a page: what it would do there is shown instead."""

import re

# Control characters but tab and line feed, and those that turn the order of what is read (Unicode TR36, 3.1.1).
_ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def plain(text: str) -> str:
    """Return the text with every control character as its escape, such as `\\x1b`; tabs and line feeds stay."""
    return _ACTING.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    number = ord(found[0])
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"

"""The seal of a cassette: a checksum in its header over all the rest, so that an edited one is refused.

It distinguishes a recording from one that was damaged or corrected by hand. Whoever edits on purpose can seal again, by
`python -m conformance.gateway.cassette.seal FILE…`, which is for cassettes recorded before there was a seal.
"""

import hashlib
import re
import sys
from pathlib import Path

_LINE = re.compile(r"^  sha256: '?([0-9a-f]*)'?\n", re.MULTILINE)
_BEFORE = re.compile(r"^  counts:\n", re.MULTILINE)


def sealed(text: str) -> str:
    """Return a cassette's text with its seal, which replaces an earlier one."""
    bare = _LINE.sub("", text, count=1)
    return _BEFORE.sub(f"  sha256: '{_checksum(bare)}'\n  counts:\n", bare, count=1)


def is_sound(text: str) -> bool:
    """Say whether a cassette's text is what was sealed."""
    found = _LINE.search(text)
    return found is not None and found[1] == _checksum(_LINE.sub("", text, count=1))


def _checksum(bare: str) -> str:
    return hashlib.sha256(bare.encode()).hexdigest()


if __name__ == "__main__":
    for name in sys.argv[1:]:
        Path(name).write_text(sealed(Path(name).read_text(encoding="utf-8")), encoding="utf-8")

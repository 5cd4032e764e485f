"""Keep secrets out of whatever is written or quoted: logs, reasons, error texts.

NautilusTrader's HTTP errors carry the whole signed URL. A signature of a request that has been sent is of little use to
anyone, but a listen key opens the user stream, and nothing of the kind belongs in a file that gets uploaded.
"""

import re
from collections.abc import Iterable

REDACTED = "<redacted>"

# In a query string, in JSON, in JSON that is text inside of JSON, in a repr and in a header alike.
_IS = r"\\*[\"']?\s*[=:]\s*\\*[\"']?"
_PATTERNS = [
    re.compile(rf"(?i)({prefix}){value}")
    for prefix, value in (
        # A signature may be hex or percent-encoded base64.
        (rf"signature{_IS}", r"[A-Za-z0-9%+/=_-]+"),
        (rf"listen_?key{_IS}", r"[A-Za-z0-9_-]{8,}"),
        (rf"api[_-]?key(?:{_IS}|[\"'],\s*[\"'])", r"[A-Za-z0-9_-]{8,}"),
        (r"/ws/|streams=", r"[A-Za-z0-9]{32,}"),
        # A listen key, an API key and a hex signature have 64 letters and digits; a listen key comes without its name
        # too: as the stream of a frame, which 1.x logs whole when it stumbles over one.
        (r"", r"[A-Za-z0-9]{60,}"),
    )
]


class Redactor:
    """Replaces secrets in text: those it was told, and those it knows by their shape."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        # A PEM key is logged line by line, if at all.
        lines = {line.strip() for secret in secrets for line in (secret, *secret.splitlines())}
        self._secrets = sorted(
            (line for line in lines if len(line) >= 8 and "-----" not in line), key=len, reverse=True
        )

    def __call__(self, text: str) -> str:
        """Return the text without secrets."""
        for secret in self._secrets:
            text = text.replace(secret, REDACTED)
        for pattern in _PATTERNS:
            text = pattern.sub(rf"\g<1>{REDACTED}", text)
        return text

"""What comes back on a request, over HTTP and the WS API alike: an answer, half of one, a reset, or nothing."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from conformance.history.entries import Source

RawHeaders = Sequence[tuple[bytes, bytes]]
Change = Mapping[str, Any] | Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer. `recorded` is the number of the request that it was recorded for, where a cassette gave it.

    Of the WS API, `content` is what stands under `result` or `error`, without the message around it.
    """

    status: int
    headers: RawHeaders
    content: bytes
    source: Source
    recorded: int | None = None

    @property
    def body(self) -> Any:
        """The body as JSON, or as text where it is not JSON."""
        try:
            return json.loads(self.content)
        except ValueError:
            return self.content.decode("utf-8", "replace")

    @property
    def is_json(self) -> bool:
        """Whether the body is JSON."""
        try:
            json.loads(self.content)
        except ValueError:
            return False
        return True

    @property
    def text_headers(self) -> dict[str, str]:
        """The headers as text, names in lower case."""
        return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in self.headers}

    def with_content(self, content: bytes) -> "Answer":
        """Return this answer with another body."""
        return replace(self, content=content)

    def changed(self, change: Change) -> "Answer":
        """Return this answer as a fault rewrites it: fields of its body (of each row of a list), or by a function."""
        body = self.body
        if callable(change):
            body = change(body)
        elif isinstance(body, list):
            body = [{**row, **change} if isinstance(row, dict) else row for row in body]
        elif isinstance(body, dict):
            body = {**body, **change}
        return replace(self, content=encode(body)[0], source="fault")


@dataclass(frozen=True, slots=True)
class Truncated:
    """Half of an answer, under the length of the whole; then the connection ends."""

    answer: Answer

    @property
    def half(self) -> Answer:
        """What arrives of it."""
        content = self.answer.content
        return replace(self.answer, content=content[: len(content) // 2], source="fault")


@dataclass(frozen=True, slots=True)
class Dropped:
    """A reset connection in place of an answer."""


@dataclass(frozen=True, slots=True)
class Hung:
    """No answer ever, on a connection that stays open."""


Outcome = Answer | Truncated | Dropped | Hung


def scripted(status: int, body: Any, headers: Mapping[str, str] | None = None) -> Answer:
    """Return an answer of the suite's own: text and bytes as they are, everything else as JSON."""
    content, content_type = encode(body)
    given = {"Content-Type": content_type, **(headers or {})}
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in given.items()]
    return Answer(status, raw, content, "fault")


def encode(body: Any) -> tuple[bytes, str]:
    """Return a body's bytes and content type."""
    if isinstance(body, bytes):
        return body, "application/json"
    if isinstance(body, str):
        return body.encode(), "text/plain"
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode(), "application/json"

"""What a trader reports beside its replies: events, and errors."""

from collections.abc import Callable
from typing import Any

from .blame import By

Emit = Callable[[dict[str, Any]], None]
"""Reports a normalised event."""

Note = Callable[[str, By], None]
"""Reports an error, and who caused it."""

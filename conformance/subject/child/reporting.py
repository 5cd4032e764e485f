"""What a trader reports beside its replies: events, and trouble."""

from collections.abc import Callable
from typing import Any

from .blame import By

Emit = Callable[[dict[str, Any]], None]
"""Reports a normalised event."""

Note = Callable[[str, By], None]
"""Reports trouble, and at whose fault it is."""

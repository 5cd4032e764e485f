"""The signals by which people and service managers tell a node to stop."""

from typing import Literal

type StopSignal = Literal["SIGTERM", "SIGINT"]
"""By what else than a call a node is stopped: service managers send the first, a terminal's Ctrl-C the second."""

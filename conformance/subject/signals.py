"""The signals by which people and service managers tell a node to stop."""

from typing import Literal

type StopSignal = Literal["SIGTERM", "SIGINT"]

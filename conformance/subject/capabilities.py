"""What a trader can be asked for, as the suite's own side knows it: the vocabulary that versions declare."""

from .child.capabilities import BY_THE_SUITE, VOCABULARY

__all__ = ["BY_THE_SUITE", "VOCABULARY"]

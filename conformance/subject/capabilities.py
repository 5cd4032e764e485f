"""What a trader can be asked for, as the suite's own side knows it: the vocabulary that versions declare."""

from .child.capabilities import VOCABULARY

__all__ = ["VOCABULARY"]

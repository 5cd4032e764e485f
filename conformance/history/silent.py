"""Commands that ask nothing of the venue: they look at the trader, or set it."""

SILENT = frozenset(
    {
        "snapshot",
        "instruments",
        "profits",
        "sums",
        "configures",
        "prices",
        "heard",
        "hear",
        "hear_no_more",
        "rung",
        "threads",
        "own_book",
        "names",
        "readouts",
        "untrue_answers",
        "untrue_relations",
        "shipped",
        "busy",
        "purge",
        "set_trading_state",
    }
)
"""Operations of the subject protocol, each of which no strategy carries out in a handler."""

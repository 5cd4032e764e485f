"""Commands that ask nothing of the venue: they look at the trader, or set it."""

SILENT = frozenset(
    {
        "snapshot",
        "instruments",
        "profits",
        "prices",
        "heard",
        "own_book",
        "names",
        "untrue_answers",
        "shipped",
        "busy",
        "purge",
        "set_trading_state",
    }
)
"""Operations of the subject protocol, each of which no strategy carries out in a handler."""

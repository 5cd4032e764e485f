"""The market room: which symbols exist, by which rules, at which prices. It knows no account and no order entry."""

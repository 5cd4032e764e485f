"""Drives a NautilusTrader 2.x: one `LiveNode`, and with it one process, per trader."""

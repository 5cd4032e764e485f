"""A NautilusTrader version: its own virtual environment, its own process, never imported by the suite."""

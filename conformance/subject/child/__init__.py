"""The child side of a subject: what runs inside the NautilusTrader process, driven over JSON lines.

Imports the standard library, `nautilus_trader`, the factory and itself, nothing else: it must start in an environment
that holds nothing but one NautilusTrader version.
"""

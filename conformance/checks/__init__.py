"""Verifiers and invariants over histories."""

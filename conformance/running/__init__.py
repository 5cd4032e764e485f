"""Runs: of one version, of two, of many; their processes and locks."""

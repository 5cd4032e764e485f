"""Runs of one case, by name."""

from tests.support.case_runs import case_run, cassettes, testnet

__all__ = ["case_run", "cassettes", "testnet"]

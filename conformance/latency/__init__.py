"""Latency: measurement, statistics, budgets."""

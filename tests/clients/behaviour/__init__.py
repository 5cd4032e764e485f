"""Whole lives of orders, seen by real clients."""

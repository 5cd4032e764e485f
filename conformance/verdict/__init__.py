"""Outcomes, expectations, results files, and the comparison of two subjects."""

"""Outcomes, defects, results files, and the comparison of two subjects."""

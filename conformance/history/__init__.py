"""What happened in one case: one order of typed entries, redaction, the timeline, reading and writing."""

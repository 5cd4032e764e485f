"""What a program can consist of: one class a kind of step, each of which says, takes and writes itself as a case."""

"""Session cassettes: recording a conversation, and replaying it."""

"""The REST room: which path means what, and how answers look. It knows the venue, and no socket."""

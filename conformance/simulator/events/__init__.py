"""The event room: the shapes of section 9 of the reference, and the bus that carries them to the streams."""

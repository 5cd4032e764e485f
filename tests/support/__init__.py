"""What several rooms of tests use: fakes, stand-ins, and the fixtures that make them."""

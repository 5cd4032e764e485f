"""What goes wrong on the wire on purpose."""

"""The door at which the legs of a call are announced."""

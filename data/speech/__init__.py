"""Speech made by espeak-ng: for the demonstration, for tests, and for the bundled model. No human voice."""

"""The recipe of the bundled speech model: see card.md."""

"""The agent's assistant: what a live call suggests, warns of, and leaves behind as a record."""

from assistant.call import Call
from assistant.wrapup import draft, edit_distance

__all__ = ["Call", "draft", "edit_distance"]

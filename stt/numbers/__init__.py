"""Numbers as they are spoken and as they are read: 삼월 십오일 and 3월 15일."""

from stt.numbers.display import to_display
from stt.numbers.spoken import to_spoken

__all__ = ["to_display", "to_spoken"]

"""Personal data in Korean calls and chats: found before anything is kept or logged."""

from consultation.privacy.detector import KINDS, Masker, find, mask

__all__ = ["KINDS", "Masker", "find", "mask"]

"""Personal data in Korean calls and chats: found before anything is kept or logged."""

from consultation.privacy.detector import KINDS, Masker, find, kinds_in, mask

__all__ = ["KINDS", "Masker", "find", "kinds_in", "mask"]

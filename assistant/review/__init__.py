"""Correcting what was heard: the transcript page, its sound, and what the corrections become."""

"""Protecting the agent: finds abusive words, says what they are, and what the rules allow.

from abuse_filter import AbuseFilter
AbuseFilter.open().detect("…").severity
"""

from abuse_filter.detector import AbuseFilter
from abuse_filter.policy import next_step

__all__ = ["AbuseFilter", "next_step"]

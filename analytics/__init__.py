"""What finished conversations teach: quality of the agent's part.

from analytics import comparer, review
review(turns, contradicts=comparer(entries))
"""

from analytics.correctness import comparer
from analytics.quality import review

__all__ = ["comparer", "review"]

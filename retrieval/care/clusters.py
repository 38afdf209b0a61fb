"""Pure: questions that mean the same, put together.

Agglomerative clustering with average linkage: the two nearest groups join until no two are nearer than
`NEAR` on average (Lance and Williams 1967). Exact, and quadratic in the number of texts, which is bounded.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from consultation.ports import Vectors

NEAR = 0.55  # cosine from which two groups of questions are about one thing
MOST = 600  # texts that are compared


@dataclass(frozen=True, slots=True)
class Cluster:
    """Rows of texts about one thing, the most typical first."""

    rows: tuple[int, ...]


def clusters(vectors: Vectors, near: float = NEAR) -> list[Cluster]:
    """Groups of the rows of unit vectors, shape (n, dim), the largest first. n is at most `MOST`."""
    n = len(vectors)
    if n > MOST:
        raise ValueError(f"{n} texts are too many to compare; give at most {MOST}")
    if n == 0:
        return []
    likeness = (vectors @ vectors.T).astype(np.float32)
    np.fill_diagonal(likeness, -np.inf)
    members: list[list[int]] = [[row] for row in range(n)]
    sizes = np.ones(n, np.float32)
    while n > 1:
        a, b = divmod(int(likeness.argmax()), len(likeness))
        if likeness[a, b] < near:
            break
        joined = (sizes[a] * likeness[a] + sizes[b] * likeness[b]) / (sizes[a] + sizes[b])
        joined[a] = -np.inf
        likeness[a], likeness[:, a] = joined, joined
        likeness[b], likeness[:, b] = -np.inf, -np.inf
        sizes[a] += sizes[b]
        members[a] += members[b]
        members[b] = []
    found = [Cluster(_typical_first(rows, vectors)) for rows in members if rows]
    return sorted(found, key=lambda cluster: (-len(cluster.rows), cluster.rows))


def _typical_first(rows: list[int], vectors: Vectors) -> tuple[int, ...]:
    inside: npt.NDArray[np.float32] = vectors[rows]
    nearness = inside @ inside.mean(axis=0)
    return tuple(rows[place] for place in np.argsort(-nearness, kind="stable"))

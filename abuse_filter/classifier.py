"""A linear judge: one logistic regression for each label, over hashed features.

Its weights are int8 in one file and its manifest names recipe, data and digest; reading them
needs numpy alone and executes nothing (no pickle).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from abuse_filter.features import BUCKETS, Reading, weigh
from consultation.errors import IndexMismatch, NotReady
from consultation.types import ABUSE_LABELS

HEADS = (*ABUSE_LABELS, "severity1", "severity2", "severity3")
FORMAT = 1


class Classifier:
    """Weights of all heads: `weights` int8, shape (BUCKETS, heads); `scales`, `bias` float32, shape (heads,)."""

    def __init__(
        self,
        weights: npt.NDArray[np.int8],
        scales: npt.NDArray[np.float32],
        bias: npt.NDArray[np.float32],
        name: str,
    ) -> None:
        self._weights = weights
        self._scales = scales
        self._bias = bias
        self.name = name

    @classmethod
    def open(cls, folder: Path) -> Classifier:
        """Read a trained folder. Raises `NotReady` when it is not there, `IndexMismatch` when it is damaged
        or was trained with other features."""
        manifest_path, weights_path = folder / "manifest.json", folder / "weights.npz"
        if not manifest_path.is_file() or not weights_path.is_file():
            raise NotReady(f"no abuse model in {folder}; train one: python -m models.abuse.train")
        try:
            manifest = json.loads(manifest_path.read_text(encoding="utf-8"))
            data = weights_path.read_bytes()
            if (
                manifest["format"] != FORMAT
                or manifest["buckets"] != BUCKETS
                or manifest["heads"] != list(HEADS)
            ):
                raise IndexMismatch(
                    f"{folder} was trained with other features; train it again: python -m models.abuse.train"
                )
            if hashlib.sha256(data).hexdigest() != manifest["weights_sha256"]:
                raise IndexMismatch(f"{weights_path} is damaged (its digest differs); install it again")
            with np.load(weights_path, allow_pickle=False) as arrays:
                return cls(arrays["weights"], arrays["scales"], arrays["bias"], str(manifest["name"]))
        except (KeyError, ValueError, TypeError, OSError) as error:
            raise IndexMismatch(f"{folder} cannot be read ({error}); install or train it again") from None

    def judge(self, reading: Reading) -> Mapping[str, float]:
        """Probability 0..1 of each head."""
        index, values = weigh(reading)
        scores = (values @ self._weights[index].astype(np.float32)) * self._scales + self._bias
        return dict(zip(HEADS, (1.0 / (1.0 + np.exp(-np.clip(scores, -30, 30)))).tolist(), strict=True))

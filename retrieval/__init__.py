"""The standard consultation DB, searched: `Retriever.open(path).search(text)`."""

from retrieval.retriever import Retriever

__all__ = ["Retriever"]

"""Korean text to search terms: content morphemes, particles and endings left out.

Nothing else is dropped by part of speech: an unknown name, an adverb or a loan word may be the
only word that tells two entries apart, and a word that tells nothing weighs nothing in BM25.
Predicates are given in dictionary form ("잃어버리다"), so that a noun and a verb stem never meet by
accident and a person can read them.
"""

from __future__ import annotations

import functools
import importlib.metadata
import re
import threading
from collections.abc import Sequence
from typing import Any

from consultation.errors import BadSetting, MissingExtra
from consultation.ports import Analyser

# Sejong tag prefixes of what carries grammar only: particles, endings, suffixes that make verbs,
# the copula, punctuation, and what Kiwi splits off a noisy syllable.
_GRAMMAR = ("J", "E", "S", "XSV", "XSA", "XSM", "VCP", "Z_", "W_EMOJI", "UN_")
_KEPT = {"SL", "SN", "SH"}  # Latin letters, digits, Chinese characters
_PREDICATES = ("VV", "VA", "VX", "VCN")
_UNSAFE = re.compile(r"[^\w\s.,?!]|[\x00-\x09\x0b-\x1f]|[^\u0000-\uffff]")
_KONLPY = ("Okt", "Komoran", "Hannanum")
_loading = threading.Lock()  # two threads must not load 300 MB twice


@functools.cache
def _load_kiwi() -> Any:
    import kiwipiepy

    kiwi: Any = kiwipiepy.Kiwi(num_workers=1, load_multi_dict=False)  # type: ignore[attr-defined]
    kiwi.tokenize("준비")  # the model is built at the first call
    return kiwi


def kiwi() -> Any:
    """The analyser of this process: read-only and costly to load (3-8 s), so there is one."""
    with _loading:
        return _load_kiwi()


def is_grammar(tag: str) -> bool:
    """Does a morpheme with this Sejong tag carry grammar only?"""
    return tag not in _KEPT and tag.startswith(_GRAMMAR)


def term(form: str, tag: str) -> str:
    """How a morpheme is written as a search term."""
    form = form.lower()
    return form + "다" if tag.startswith(_PREDICATES) else form


class KiwiAnalyser:
    """Kiwi, the default: no Java, repairs typing errors, Apache-2.0. Loaded at the first text."""

    @functools.cached_property
    def _kiwi(self) -> Any:
        return kiwi()

    @property
    def name(self) -> str:
        return f"kiwi-{importlib.metadata.version('kiwipiepy_model')}"

    def terms(self, text: str) -> list[str]:
        """Content morphemes in order."""
        return [term(t.form, t.tag) for t in self._kiwi.tokenize(text) if not is_grammar(t.tag)]

    def repaired(self, text: str) -> list[str]:
        """Content morphemes after undoing common typing errors; about three times slower."""
        tokens = self._kiwi.tokenize(text, typos="basic_with_continual")
        return [term(t.form, t.tag) for t in tokens if not is_grammar(t.tag)]


class KonlpyAnalyser:
    """One of konlpy's analysers (GPL-3.0-or-later, needs a Java runtime)."""

    def __init__(self, engine: str) -> None:
        try:
            import konlpy.tag
        except ImportError:
            raise MissingExtra("konlpy", "konlpy") from None
        self._engine = engine
        self._lock = threading.Lock()  # konlpy does not say that its engines are thread-safe
        self._tagger = getattr(konlpy.tag, engine)()

    @property
    def name(self) -> str:
        return f"konlpy-{importlib.metadata.version('konlpy')}-{self._engine}"

    def terms(self, text: str) -> list[str]:
        """Content morphemes in order."""
        # a NUL ends the Java machine, an emoji comes back as half a character, an empty text raises
        text = _UNSAFE.sub(" ", text)
        if not text.strip():
            return []
        with self._lock:
            if self._engine == "Okt":
                return _okt_terms(self._tagger.pos(text, norm=True, stem=True))
            lines = [line for line in text.split("\n") if line.strip()]  # Komoran stops at a line break
            pairs = [pair for line in lines for pair in self._tagger.pos(line)]
        if self._engine == "Hannanum":
            return _hannanum_terms(pairs)
        return [term(form, tag) for form, tag in pairs if not is_grammar(tag)]


_OKT_GRAMMAR = {"Josa", "Eomi", "PreEomi", "Suffix", "Punctuation", "KoreanParticle"}


def _okt_terms(pairs: Sequence[tuple[str, str]]) -> list[str]:
    return [form.lower() for form, tag in pairs if tag not in _OKT_GRAMMAR]


def _hannanum_terms(pairs: Sequence[tuple[str, str]]) -> list[str]:
    """Hannanum's nine tags: J particle, E ending, X affix, S symbol, P predicate."""
    return [
        form.lower() + "다" if tag == "P" else form.lower()
        for form, tag in pairs
        if tag not in {"J", "E", "X", "S"}
    ]


def open_analyser(name: str = "kiwi") -> Analyser:
    """`kiwi`, or `konlpy:Okt`, `konlpy:Komoran`, `konlpy:Hannanum`.

    Raises `BadSetting` for another name, `MissingExtra` when konlpy is not installed.
    """
    if name == "kiwi":
        return KiwiAnalyser()
    library, _, engine = name.partition(":")
    if library == "konlpy" and engine in _KONLPY:
        return KonlpyAnalyser(engine)
    known = ", ".join(["kiwi", *(f"konlpy:{engine}" for engine in _KONLPY)])
    raise BadSetting(f"analyser {name!r} is not known; choose one of {known}")

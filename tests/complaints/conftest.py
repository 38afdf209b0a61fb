from __future__ import annotations

import pytest

from complaints.catalogue import Catalogue
from complaints.interview import Interview
from complaints.kinds import KindReader
from consultation.districts import Gazetteer


@pytest.fixture(scope="session")
def gazetteer() -> Gazetteer:
    return Gazetteer.open()


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue.open()


@pytest.fixture(scope="session")
def kinds(catalogue: Catalogue) -> KindReader:
    return KindReader(catalogue)


@pytest.fixture(scope="session")
def interview(catalogue: Catalogue, gazetteer: Gazetteer) -> Interview:
    return Interview(catalogue, gazetteer)

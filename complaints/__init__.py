"""Field complaints: from the citizen's words to the district department that answers."""

from complaints.boundaries import Boundaries
from complaints.catalogue import Catalogue, Kind
from complaints.intake import Intake
from complaints.interview import Interview, Step
from complaints.jurisdiction import jurisdiction
from complaints.routing import Learned, Route, route

__all__ = [
    "Boundaries",
    "Catalogue",
    "Intake",
    "Interview",
    "Kind",
    "Learned",
    "Route",
    "Step",
    "jurisdiction",
    "route",
]

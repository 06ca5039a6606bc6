"""The plan of an audit before the walk: the matrix, stops made from it, checks, and the time it takes.

Pure functions of the set-up. Nothing here blocks anything: checks warn, people decide.
"""

from server.audit.plan.checks import Issue, check
from server.audit.plan.days import Days, Tally, planned, required
from server.audit.plan.matrix import Matrix, due_clauses, matrix_of
from server.audit.plan.propose import propose

__all__ = [
    "Days",
    "Issue",
    "Matrix",
    "Tally",
    "check",
    "due_clauses",
    "matrix_of",
    "planned",
    "propose",
    "required",
]

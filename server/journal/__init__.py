"""What is kept: the entries of every audit, append-only, chained by hash."""

from server.journal.journal import Journal
from server.journal.listing import ORDERS, AuditPage, AuditQuery, AuditRow
from server.journal.results import Appended, JournalDamaged, NoSuchAudit, Result
from server.journal.verify import Damage

__all__ = [
    "ORDERS",
    "Appended",
    "AuditPage",
    "AuditQuery",
    "AuditRow",
    "Damage",
    "Journal",
    "JournalDamaged",
    "NoSuchAudit",
    "Result",
]

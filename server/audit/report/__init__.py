"""The report as one tree: compiled from state, form and house; HTML, DOCX and PDF render that same tree."""

from server.audit.report.compile import compile_report, compile_sheets
from server.audit.report.tree import Report, Sheets

__all__ = ["Report", "Sheets", "compile_report", "compile_sheets"]

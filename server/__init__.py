"""Clausewalk 现场审核: written once, on site, and never lost."""

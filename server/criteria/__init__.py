"""What is asked: standards, checklists, card types, report forms and houses as data."""

"""What is handed over: the report and the record sheets as HTML, DOCX and PDF, all three from one layout."""

"""Asset registers and purchase lists: CSV, XLSX and ODS, with headings guessed and correctable."""

"""Reports: tables with what they say, shown by the console, written as CSV, and told by the API."""

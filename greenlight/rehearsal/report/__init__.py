"""What a rehearsal found: the results of its acts, and their three forms: terminal table, report.json, report.html."""

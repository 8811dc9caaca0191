"""Google Sheets as a replica: `replica.py` is the seam, `api.py` speaks HTTP, the rest translates."""

"""Excel files as replicas: made, read and written."""

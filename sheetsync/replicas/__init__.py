"""Replicas: the copies of a workbook, each behind the same seam (`replica.py`)."""

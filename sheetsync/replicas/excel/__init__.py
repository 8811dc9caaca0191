"""Excel files as replicas: made, read and written."""

from sheetsync.replicas.excel.edit import edit_cells

__all__ = ["edit_cells"]

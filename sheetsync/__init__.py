"""sheetsync keeps an apprenticeship program's spreadsheets in order.

```python
from sheetsync import Program

report = Program.load("acme").run()
print(report.exit_code(), len(report.findings))
```
"""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sheetsync.api import Program as Program

__version__ = version("sheetsync")
__all__ = ["Program", "__version__"]


def __getattr__(name: str) -> object:
    # Loaded when asked for: `sheetsync --help` needs none of it.
    if name == "Program":
        from sheetsync.api import Program

        return Program
    raise AttributeError(f"module 'sheetsync' has no attribute {name!r}")

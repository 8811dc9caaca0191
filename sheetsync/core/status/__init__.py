"""Status tabs: importing this package registers every metric."""

from sheetsync.core.status import group, momentum, progress, stakeholders, starting, work

__all__ = ["group", "momentum", "progress", "stakeholders", "starting", "work"]

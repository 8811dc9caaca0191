"""What `sheetsync doctor` looks at; importing this package fills the register, in this order."""

from sheetsync.verbs.probes import copies, keeping, mailing, remembering
from sheetsync.verbs.probes.registry import Ailment, Examined, examine

__all__ = ["Ailment", "Examined", "copies", "examine", "keeping", "mailing", "remembering"]

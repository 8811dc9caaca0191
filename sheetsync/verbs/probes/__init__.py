"""What `sheetsync doctor` looks at; importing this package fills the register, in this order."""

from sheetsync.verbs.probes import copies, google, keeping, mailing, remembering
from sheetsync.verbs.probes.registry import Ailment, Examined, examine

__all__ = ["Ailment", "Examined", "copies", "examine", "google", "keeping", "mailing", "remembering"]

"""Google Sheets and Drive on loopback, for tests: stateful, checked by Google's own descriptions."""

from .emulator import Emulator
from .human import Human
from .world import PRIVATE_ID, ROBOT

__all__ = ["PRIVATE_ID", "ROBOT", "Emulator", "Human"]

"""The pure heart of sheetsync: no I/O, no clock, nothing but the standard library."""

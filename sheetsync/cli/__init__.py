"""The command line: options -> one verb -> render -> exit code. Nothing is decided here."""

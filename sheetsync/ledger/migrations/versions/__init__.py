"""One file a format; each says how the tables came from the format before."""

"""The merge: which value every cell has, which rows exist, and what each replica still lacks."""

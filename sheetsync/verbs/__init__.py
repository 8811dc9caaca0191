"""What sheetsync can do: one plain function a file, joining the core and its edges."""

"""What ``dev.py`` and the build are made of. The standard library only: it all runs first."""

"""Recorded matches: the replay file, verification by executing again, export, and the store.

replay/     the file: what is in it, written while playing, read again
"""

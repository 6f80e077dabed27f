"""Faults planted on purpose, and the tests that must notice each of them: ``make mutate``."""

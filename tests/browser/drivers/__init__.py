"""Browsers without Playwright, for what it cannot do: hide a page, or drive a Firefox."""

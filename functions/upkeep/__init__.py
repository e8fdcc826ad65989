"""Upkeep of what lies in storage: retention and verification, by timer."""

"""Puts the platform on AWS, and takes it down again."""

__version__ = "0.1.0"

"""Asking the warehouse's mart: each number is one function there, so that it exists once."""

"""What the API says: one module a subject."""

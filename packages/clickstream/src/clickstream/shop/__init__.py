"""The simulated shop: its catalogue, its audience, and what they do there."""

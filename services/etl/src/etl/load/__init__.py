"""Third stage: a transformed batch goes into the warehouse in one transaction, with its books."""

"""Second stage: pure Ibis expressions from the table `raw` to the warehouse's tables. No per-event Python."""

"""Partners, and what creators show in their LIVEs to be bought."""

"""Pages that show creators: who is LIVE, search, those one follows, comparison, and one's fest as a card."""

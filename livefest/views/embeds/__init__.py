"""Widgets for other sites, and the overlay of a stream."""

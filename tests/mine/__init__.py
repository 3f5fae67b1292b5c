"""The creators' side: pages of those who are signed in."""

"""Pages of those who are signed in: never cached, and no page of anybody else's."""

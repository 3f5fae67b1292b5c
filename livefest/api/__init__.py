"""The public API: what the public pages show, for programs. Read-only."""

"""The site as an app: its manifest and its service worker."""

"""How pages look where they are shared and found: pictures, structured data, the sitemap."""

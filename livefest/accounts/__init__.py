"""Ways into an account that are not ours: TikTok and Google, on top of allauth."""

"""Messages that a language says in the same words as English."""

SAME_EVERYWHERE = {"LIVE Fest", "LIVE"}
SAME: dict[str, set[str]] = {"es": set(), "pt-br": set(), "ar": set(), "id": set(), "ja": set()}

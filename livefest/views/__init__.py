"""The site's own pages, which bring all apps together: home, a creator, rules, updates. (Boards, challenges, groups
and rounds are their apps' own.)"""

from livefest.views.creator import creator
from livefest.views.errors import broken, not_found, unavailable
from livefest.views.home import choose_language, fest_home, home
from livefest.views.rules import rules
from livefest.views.updates import update, updates, updates_feed

__all__ = [
    "broken",
    "choose_language",
    "creator",
    "fest_home",
    "home",
    "not_found",
    "rules",
    "unavailable",
    "update",
    "updates",
    "updates_feed",
]

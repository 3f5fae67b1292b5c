from django.apps import AppConfig


class RankingsConfig(AppConfig):
    name = "rankings"
    verbose_name = "Rankings"

    def ready(self) -> None:
        from rankings.campaign import rules, boards  # noqa: F401, I001  each registers its section, rules before boards

from django.apps import AppConfig


class RankingsConfig(AppConfig):
    name = "rankings"
    verbose_name = "Rankings"

    def ready(self) -> None:
        from rankings.campaign import rules, boards  # noqa: F401, I001  each registers its section, rules before boards

        from livefest.copies import register_copier
        from livefest.replicas import register_position
        from livefest.site import register_fest_version
        from rankings import notices  # noqa: F401  registers what creators are told of ranks
        from rankings.copies import copy_rankings
        from rankings.live import fest_version
        from rankings.valkey import published_position

        register_fest_version(fest_version)
        register_position(published_position)
        register_copier(copy_rankings)

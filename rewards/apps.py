from django.apps import AppConfig


class RewardsConfig(AppConfig):
    name = "rewards"
    verbose_name = "Rewards"

    def ready(self) -> None:
        from livefest.site import register_fest_version
        from rewards import campaign, notices, proposing  # noqa: F401  register rewards, kinds, and what follows an end
        from rewards.rewards_page import awards_version

        register_fest_version(awards_version)

from django.apps import AppConfig


class RewardsConfig(AppConfig):
    name = "rewards"
    verbose_name = "Rewards"

    def ready(self) -> None:
        from livefest.site import register_fest_version

        # They register rewards, kinds of notices, and what follows a claim and an end.
        from rewards import campaign, invitations, notices, proposing  # noqa: F401
        from rewards.rewards_page import awards_version

        register_fest_version(awards_version)

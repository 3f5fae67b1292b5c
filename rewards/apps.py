from django.apps import AppConfig


class RewardsConfig(AppConfig):
    name = "rewards"
    verbose_name = "Rewards"

    def ready(self) -> None:
        from rewards import campaign, notices, proposing  # noqa: F401  register rewards, kinds, and what follows an end

from django.apps import AppConfig


class ChallengesConfig(AppConfig):
    name = "challenges"
    verbose_name = "Challenges"

    def ready(self) -> None:
        from challenges import campaign, notices  # noqa: F401  registers challenges and kinds of notifications
        from challenges.completions import forget_completions, pay_for_challenges
        from challenges.copies import copy_completions
        from creators.payments import Payer, register_payer
        from livefest.copies import register_copier

        register_payer(Payer(pay=pay_for_challenges, forget=forget_completions))
        register_copier(copy_completions)

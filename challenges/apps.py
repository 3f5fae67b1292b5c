from django.apps import AppConfig


class ChallengesConfig(AppConfig):
    name = "challenges"
    verbose_name = "Challenges"

    def ready(self) -> None:
        from challenges import campaign  # noqa: F401  registers challenges
        from challenges.completions import forget_completions, pay_for_challenges
        from creators.payments import Payer, register_payer

        register_payer(Payer(pay=pay_for_challenges, forget=forget_completions))

from django.apps import AppConfig


class LivefestConfig(AppConfig):
    name = "livefest"
    verbose_name = "Fest"

    def ready(self) -> None:
        from livefest.campaign import sections  # noqa: F401  registers fest, metrics and rounds

from django.apps import AppConfig


class CreatorsConfig(AppConfig):
    name = "creators"
    verbose_name = "Creators"

    def ready(self) -> None:
        from creators import campaign, notices  # noqa: F401  registers groups and kinds of notifications

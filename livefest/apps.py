from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class LivefestConfig(AppConfig):
    name = "livefest"
    verbose_name = "Fest"

    def ready(self) -> None:
        from livefest import audited_sign_ins, second_factor, sign_ins  # noqa: F401  listen to allauth's signals
        from livefest.audit import follow_models
        from livefest.campaign import sections  # noqa: F401  registers fest, metrics and rounds
        from livefest.roles import keep_roles

        follow_models()
        # Once, after the last app: every app has its permissions then.
        last = [config for config in apps.get_app_configs() if config.models_module][-1]
        post_migrate.connect(keep_roles, sender=last, dispatch_uid="livefest_roles")

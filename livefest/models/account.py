"""Those who sign in, and what they agreed to."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from livefest import clock
from livefest.models.fest import Fest, time_of_day_validator


class User(AbstractUser):
    """Somebody who signs in: a member of staff, or a creator (then `creators.Profile` has the user).

    `language` is a code of LANGUAGES, "" the browser's. `time_zone` is an IANA name, "" the fest's. From `quiet_from`
    until `quiet_until`, wall-clock times of that zone that may run over midnight, no e-mail of ours is sent but what
    they asked for just then; both are empty where no hours are quiet.
    """

    language = models.CharField(_("language"), max_length=16, blank=True, default="", db_default="")
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, default="", db_default="")
    quiet_from = models.CharField(
        _("quiet from"), max_length=5, blank=True, default="", db_default="", validators=[time_of_day_validator]
    )
    quiet_until = models.CharField(
        _("quiet until"), max_length=5, blank=True, default="", db_default="", validators=[time_of_day_validator]
    )

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(
                name="user_quiet_both_or_neither",
                condition=Q(quiet_from="", quiet_until="")
                | (~Q(quiet_from="") & ~Q(quiet_until="") & ~Q(quiet_from=F("quiet_until"))),
            ),
        ]

    @property
    def zone(self) -> ZoneInfo | None:
        return ZoneInfo(self.time_zone) if self.time_zone else None


class Terms(models.Model):
    """The terms of a fest, by version. Who takes part accepts the newest that is published, and is asked again when a
    newer one is. Once published a version never changes (a trigger), so that what was accepted can be shown."""

    fest = models.ForeignKey(Fest, models.PROTECT, db_index=False, related_name="terms", verbose_name=_("fest"))
    version = models.PositiveIntegerField(_("version"))
    text = models.TextField(_("text"), help_text=_("Plain text; an empty line begins a new paragraph."))
    published_at = models.DateTimeField(
        _("published"), default=clock.now, help_text=_("From here on it is asked for, and can't be changed any more.")
    )
    keeps_handle = models.BooleanField(
        _("results keep the handle"),
        default=True,
        help_text=_(
            "Of a creator who deletes their account public pages keep the handle; if not ticked they say “former "
            "creator”. Say in the text which of the two it is."
        ),
    )

    class Meta:
        ordering = ["fest", "-version"]
        verbose_name = _("terms")
        verbose_name_plural = _("terms")
        constraints = [
            models.UniqueConstraint(name="terms_version_unique", fields=["fest", "version"]),
            models.CheckConstraint(name="terms_text_given", condition=~Q(text="")),
            models.CheckConstraint(name="terms_version_positive", condition=Q(version__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.fest} {self.version}"


class TermsAcceptance(models.Model):
    """That somebody accepted terms."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, db_index=False, related_name="acceptances")
    terms = models.ForeignKey(Terms, models.PROTECT, related_name="acceptances", verbose_name=_("terms"))
    accepted_at = models.DateTimeField(_("accepted"))

    class Meta:
        verbose_name = _("acceptance of terms")
        verbose_name_plural = _("acceptances of terms")
        constraints = [models.UniqueConstraint(name="termsacceptance_once", fields=["user", "terms"])]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.terms_id}"


class AgeConfirmation(models.Model):
    """That somebody said they are at least so many years old, the fest's minimum then. Asked again if that rises."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, db_index=False, related_name="ages_confirmed")
    fest = models.ForeignKey(Fest, models.CASCADE, related_name="+", verbose_name=_("fest"))
    minimum_age = models.PositiveSmallIntegerField(_("at least"))
    confirmed_at = models.DateTimeField(_("confirmed"))

    class Meta:
        verbose_name = _("confirmation of age")
        verbose_name_plural = _("confirmations of age")
        constraints = [models.UniqueConstraint(name="ageconfirmation_once", fields=["user", "fest", "minimum_age"])]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.minimum_age}"


class SignIn(models.Model):
    """That somebody signed in, for their own eyes. `method` is allauth's word (password, code, mfa, socialaccount …);
    `browser` what it says of itself, cut; `address` the client's. Deleted after KEEP_SIGN_INS_DAYS."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, db_index=False, related_name="sign_ins")
    at = models.DateTimeField(_("at"))
    method = models.CharField(_("by"), max_length=64)
    browser = models.CharField(_("browser"), max_length=300, blank=True, default="")
    address = models.GenericIPAddressField(_("address"), null=True)

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")
        indexes = [
            # The latest of one account; those that are due to be deleted.
            models.Index(name="signin_of_user", fields=["user", "-at", "-id"]),
            models.Index(name="signin_by_time", fields=["at"]),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.at:%Y-%m-%d %H:%M}"

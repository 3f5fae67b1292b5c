"""The board of awards, and each award: its way so far, what stands in its way, what is to be signed, what is next."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from livefest.admin.base import ReadOnlyAdmin
from livefest.admin.paging import BigTableAdmin
from livefest.admin.permissions import lacking, permission, refusal
from livefest.admin.reasons import lacks_reason
from livefest.models import Fest, User
from rewards.admin.award_filters import WaitingFilter, by_state
from rewards.admin.award_pages import MOST_IDS, AwardPages, may_ask_what_if
from rewards.admin.award_steps import STEPS, offered_steps
from rewards.awards import FULFIL, VERIFY, AwardError
from rewards.checks import checks_of, sign
from rewards.claims import LABELS, read_details
from rewards.eligibility import obstacles
from rewards.models import Award, Claim, RequiredCheck
from rewards.rewards_page import given

SEE = permission("view", Award)


@admin.register(Award)
class AwardAdmin(AwardPages, BigTableAdmin, ReadOnlyAdmin):
    """To look at; everything that changes one is a step."""

    list_display = ["handle", "reward", "within", "period", "rank", "gives", "state", "deadline", "fest"]
    list_filter = [
        "fest",
        "state",
        WaitingFilter,
        "reward__kind",
        ("reward__board", RelatedOnlyFieldListFilter),
        ("entry__region", RelatedOnlyFieldListFilter),
    ]
    list_select_related = ["fest", "reward__board", "reward__challenge", "edition__fest", "entry__creator"]
    search_fields = ["handle__startswith"]
    search_help_text = gettext_lazy("The handle, or how it begins.")
    fields: ClassVar[Any] = [
        ("handle", "entry", "fest"),
        ("reward", "gives", "within", "period"),
        ("rank", "score", "slot"),
        ("state", "deadline", "made_at"),
        ("edition", "rules_sha256"),
        "passed_from",
    ]
    actions = ["approve", "offer", "verify", "fulfil", "ineligible", "revoke"]

    @admin.display(description=gettext_lazy("gives"))
    def gives(self, award: Award) -> str:
        return given(award.reward, award.amount)

    def get_urls(self) -> list[URLPattern]:
        def named(route: str, view: Any, name: str) -> URLPattern:
            wrapped: Any = self.admin_site.admin_view(view)
            return cast(URLPattern, path(f"<int:award_id>/{route}", wrapped, name=f"rewards_award_{name}"))

        return [
            *self.page_urls(),
            named("step/<slug:step>/", self.step_view, "step"),
            named("sign/<int:check_id>/", self.sign_view, "sign"),
            named("claim/", self.claim_view, "claim"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The board: how many are where, of the fest that the list is filtered by, or of all."""
        named = request.GET.get("fest__id__exact", "")
        fest = Fest.objects.filter(pk=named).first() if named.isdecimal() else None
        more = {"states": by_state(fest), "board_fest": fest}
        return super().changelist_view(request, {**more, **(extra_context or {})})

    @admin.action(description=gettext_lazy("Approve, after a look"), permissions=["approve"])
    def approve(self, request: HttpRequest, queryset: QuerySet[Award]) -> HttpResponse | None:
        """Leads to the look at what approving these is."""
        ids = list(queryset.order_by("pk").values_list("pk", flat=True)[: MOST_IDS + 1])
        fests = set(queryset.order_by().values_list("fest", flat=True))
        if len(ids) > MOST_IDS or len(fests) != 1:
            text = _("Nothing was done: choose at most %(most)d awards, of one fest; or approve by the fest's page.")
            self.message_user(request, text % {"most": MOST_IDS}, messages.ERROR)
            return None
        address = reverse("admin:rewards_award_approve", args=[fests.pop()])
        return HttpResponseRedirect(f"{address}?ids={','.join(map(str, ids))}")

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        award = kwargs.get("obj")
        if award:
            user = cast(User, request.user)
            claim = Claim.objects.filter(award=award).defer("details").first()
            context |= {
                "steps": offered_steps(award, user).items(),
                "history": award.steps.select_related("by").order_by("number"),
                "obstacles": obstacles(award) if award.is_live else [],
                "checks": checks_of(award),
                "may_sign": award.state == Award.State.CLAIMED and user.has_perm(VERIFY),
                "claim": claim,
                "may_read": claim is not None and claim.details_deleted_at is None and user.has_perm(FULFIL),
                "reviews": award.reviews.select_related("edition", "settled_by").order_by("pk"),
                "payments": award.payout_lines.select_related("batch__fest").order_by("pk"),
                "may_ask_what_if": award.entry is not None and may_ask_what_if(user),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def step_view(self, request: HttpRequest, award_id: int, step: str) -> HttpResponse:
        """POST: takes the step, for the reason where it asks for one."""
        if step not in STEPS:
            raise Http404
        found = STEPS[step]
        award, refused = self.steppable(request, award_id, found.permission)
        if refused:
            return refused
        if found.asks and lacks_reason(request):
            return back_to(award)
        more = {"reason": request.POST["reason"].strip()} if found.asks else {}
        try:
            found.take(award, by=cast(User, request.user), **more)
        except AwardError as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.message_user(request, str(found.said), messages.SUCCESS)
        return back_to(award)

    def sign_view(self, request: HttpRequest, award_id: int, check_id: int) -> HttpResponse:
        """POST: this person looked at it, and vouches for it."""
        award, refused = self.steppable(request, award_id, VERIFY)
        if refused:
            return refused
        check = get_object_or_404(RequiredCheck, pk=check_id, fest=award.fest_id)
        try:
            sign(award, check=check, by=cast(User, request.user), note=request.POST.get("note", ""))
        except AwardError as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.message_user(request, _("Signed: %(check)s") % {"check": check}, messages.SUCCESS)
        return back_to(award)

    def claim_view(self, request: HttpRequest, award_id: int) -> HttpResponse:
        """POST, with a reason that the audit keeps: what the winner gave, once on this page and never stored by it."""
        award, refused = self.steppable(request, award_id, FULFIL)
        if refused:
            return refused
        if lacks_reason(request):
            return back_to(award)
        details = read_details(award, by=cast(User, request.user), reason=request.POST["reason"].strip())
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("What the winner gave"),
            "award": award,
            "fest": award.fest,
            "details": [(LABELS.get(name, name), value) for name, value in details.items()],
        }
        headers = {"Cache-Control": "private, no-store"}
        return TemplateResponse(request, "admin/rewards/award/claim.html", context, headers=headers)

    def steppable(self, request: HttpRequest, award_id: int, needed: str) -> tuple[Award, HttpResponse | None]:
        """The award, and why not where nothing may be done with it. Who may isn't told of awards there aren't."""
        lacked = lacking(request, [SEE, needed])
        award = get_object_or_404(Award.objects.select_related("fest", "reward", "entry__creator"), pk=award_id)
        if lacked:
            return award, refusal(lacked)
        if request.method != "POST":
            return award, HttpResponseNotAllowed(["POST"])
        return award, None


def back_to(award: Award) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:rewards_award_change", args=[award.pk]))

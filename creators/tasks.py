"""What Celery does for those who apply: looks for their code in the bio."""

from __future__ import annotations

import structlog
from celery import shared_task

from creators.bio import BioUnreachable, bio_shows
from creators.farewell import say_goodbye
from creators.models import Participation
from creators.participations import Decided, Proof, State
from creators.proofs import code_holds, prove, settle

__all__ = ["check_bio", "say_goodbye"]

log = structlog.get_logger(__name__)


@shared_task(
    name="creators.check_bio",
    autoretry_for=(BioUnreachable,),
    retry_backoff=10,
    retry_backoff_max=600,
    max_retries=5,
)
def check_bio(participation_id: int) -> None:
    """Proves an application whose code stands in the bio. A checker that is away is asked again for some minutes; the
    application waits for staff meanwhile, as it would without one."""
    waiting = Participation.objects.filter(state=State.APPLIED, proof=Proof.NONE)
    found = waiting.filter(pk=participation_id).first()
    if found is None or not code_holds(found):
        return
    shown = bio_shows(found.handle, found.code)
    log.info("bio checked", participation=found.pk, shown=shown)
    if shown:
        try:
            settle(prove(participation=found, proof=Proof.BIO, code=found.code))
        except Decided:  # changed or decided while we looked
            log.info("bio checked too late", participation=found.pk)

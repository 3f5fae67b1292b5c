"""What the database holds of awards beyond Django's constraints: a state changes by a step alone, two people stand
between a proposal and its payment, the ledger is of the awards' own amounts, records are only ever added, everything is
of one fest, an event is never over its capacity, and a ticket admits once."""

from django.db import migrations

SAME_FEST = """
ALTER TABLE rewards_reward
    ADD CONSTRAINT reward_challenge_of_same_fest FOREIGN KEY (fest_id, challenge_id)
        REFERENCES challenges_challenge (fest_id, id);
ALTER TABLE rewards_award
    ADD CONSTRAINT award_of_fest UNIQUE (fest_id, id),
    ADD CONSTRAINT award_reward_of_same_fest FOREIGN KEY (fest_id, reward_id)
        REFERENCES rewards_reward (fest_id, id),
    ADD CONSTRAINT award_entry_of_same_fest FOREIGN KEY (fest_id, entry_id)
        REFERENCES creators_entry (fest_id, id);
ALTER TABLE rewards_ledgerentry
    ADD CONSTRAINT ledgerentry_award_of_same_fest FOREIGN KEY (fest_id, award_id)
        REFERENCES rewards_award (fest_id, id);
ALTER TABLE rewards_requiredcheck
    ADD CONSTRAINT requiredcheck_region_of_same_fest FOREIGN KEY (fest_id, region_id)
        REFERENCES livefest_region (fest_id, id);
ALTER TABLE rewards_awardevent
    ADD CONSTRAINT awardevent_reward_of_same_fest FOREIGN KEY (fest_id, reward_id)
        REFERENCES rewards_reward (fest_id, id);
"""

SAME_FEST_REVERSED = """
ALTER TABLE rewards_awardevent DROP CONSTRAINT awardevent_reward_of_same_fest;
ALTER TABLE rewards_requiredcheck DROP CONSTRAINT requiredcheck_region_of_same_fest;
ALTER TABLE rewards_ledgerentry DROP CONSTRAINT ledgerentry_award_of_same_fest;
ALTER TABLE rewards_award
    DROP CONSTRAINT award_reward_of_same_fest,
    DROP CONSTRAINT award_entry_of_same_fest,
    DROP CONSTRAINT award_of_fest;
ALTER TABLE rewards_reward DROP CONSTRAINT reward_challenge_of_same_fest;
"""

# A step locks its award, leads on from the state that it has, and takes it to the next; an award's state changes no
# other way: the trigger of the award lets a change pass only from within that of the step.
STEPS = """
CREATE FUNCTION rewards_take_step() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    award rewards_award%ROWTYPE;
BEGIN
    SELECT * INTO award FROM rewards_award WHERE id = NEW.award_id FOR UPDATE;
    IF NEW.number <> award.steps_taken + 1
       OR NEW.from_state <> (CASE award.steps_taken WHEN 0 THEN '' ELSE award.state END) THEN
        RAISE EXCEPTION 'award % is % after % steps: step % from % does not follow',
            award.id, award.state, award.steps_taken, NEW.number, NEW.from_state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'awardstep_follows_state';
    END IF;
    IF NEW.to_state = 'approved' AND (NEW.by_id IS NULL OR EXISTS (
           SELECT FROM rewards_awardstep WHERE award_id = NEW.award_id AND to_state = 'proposed' AND by_id = NEW.by_id))
       OR NEW.to_state = 'fulfilled' AND (NEW.by_id IS NULL OR EXISTS (
           SELECT FROM rewards_awardstep WHERE award_id = NEW.award_id AND to_state = 'approved' AND by_id = NEW.by_id))
    THEN
        RAISE EXCEPTION 'award %: % takes a second person', award.id, NEW.to_state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'awardstep_two_people';
    END IF;
    IF NEW.to_state = 'verified' AND EXISTS (
           SELECT FROM rewards_requiredcheck required
                JOIN rewards_reward reward ON reward.id = award.reward_id AND reward.kind = required.kind
                LEFT JOIN creators_entry entry ON entry.id = award.entry_id
           WHERE required.fest_id = award.fest_id AND required.retired_at IS NULL
             AND (required.region_id IS NULL OR required.region_id = entry.region_id)
             AND NOT EXISTS (SELECT FROM rewards_signedcheck signed
                             WHERE signed.award_id = award.id AND signed.check_required_id = required.id)) THEN
        RAISE EXCEPTION 'award %: not all required checks are signed', award.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'awardstep_checks_signed';
    END IF;
    IF NEW.to_state IN ('ineligible', 'revoked') AND EXISTS (
           SELECT FROM rewards_payoutline WHERE award_id = NEW.award_id AND state = 'waiting') THEN
        RAISE EXCEPTION 'award %: it is with the payer', award.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'awardstep_not_with_payer';
    END IF;
    IF NEW.to_state = 'fulfilled'
       AND EXISTS (SELECT FROM rewards_ledgerentry WHERE award_id = NEW.award_id AND kind = 'entitled')
       AND NOT EXISTS (SELECT FROM rewards_ledgerentry WHERE award_id = NEW.award_id AND kind = 'paid') THEN
        RAISE EXCEPTION 'award %: it is in the ledger and not paid there', award.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'awardstep_paid_first';
    END IF;
    PERFORM set_config('livefest.award_step', NEW.award_id::text, true);
    UPDATE rewards_award SET state = NEW.to_state, steps_taken = NEW.number WHERE id = NEW.award_id;
    PERFORM set_config('livefest.award_step', '', true);
    RETURN NEW;
END $$;
CREATE TRIGGER awardstep_taken BEFORE INSERT ON rewards_awardstep
    FOR EACH ROW EXECUTE FUNCTION rewards_take_step();
CREATE TRIGGER awardstep_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON rewards_awardstep
    FOR EACH STATEMENT EXECUTE FUNCTION livefest_refuse_change();

CREATE FUNCTION rewards_keep_award() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state = 'proposed' AND NEW.steps_taken = 0 AND NEW.deadline IS NULL
           AND EXISTS (SELECT FROM rankings_edition WHERE id = NEW.edition_id AND fest_id = NEW.fest_id) THEN
            RETURN NEW;
        END IF;
    ELSIF TG_OP = 'UPDATE' THEN
        IF ROW(NEW.id, NEW.fest_id, NEW.reward_id, NEW.edition_id, NEW.rules_sha256, NEW.within, NEW.period, NEW.handle,
               NEW.entry_id, NEW.rank, NEW.score, NEW.slot, NEW.amount, NEW.unit, NEW.passed_from_id, NEW.made_at)
           IS NOT DISTINCT FROM
           ROW(OLD.id, OLD.fest_id, OLD.reward_id, OLD.edition_id, OLD.rules_sha256, OLD.within, OLD.period, OLD.handle,
               OLD.entry_id, OLD.rank, OLD.score, OLD.slot, OLD.amount, OLD.unit, OLD.passed_from_id, OLD.made_at)
           AND (NEW.state = OLD.state AND NEW.steps_taken = OLD.steps_taken
                OR current_setting('livefest.award_step', true) = OLD.id::text AND pg_trigger_depth() >= 2) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% of an award refused: its state changes by a step, and nothing else but its deadline', TG_OP
        USING ERRCODE = 'check_violation', CONSTRAINT = 'award_kept';
END $$;
CREATE TRIGGER award_kept BEFORE INSERT OR UPDATE OR DELETE ON rewards_award
    FOR EACH ROW EXECUTE FUNCTION rewards_keep_award();
CREATE TRIGGER award_not_emptied BEFORE TRUNCATE ON rewards_award
    FOR EACH STATEMENT EXECUTE FUNCTION livefest_refuse_change();
"""

STEPS_REVERSED = """
DROP TRIGGER award_not_emptied ON rewards_award;
DROP TRIGGER award_kept ON rewards_award;
DROP FUNCTION rewards_keep_award();
DROP TRIGGER awardstep_append_only ON rewards_awardstep;
DROP TRIGGER awardstep_taken ON rewards_awardstep;
DROP FUNCTION rewards_take_step();
"""

# What is owed is the award's own amount; it is cancelled only while it isn't paid, and paid only while it is neither
# cancelled nor unverified, and by nobody who approved it.
LEDGER = """
CREATE FUNCTION rewards_check_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    award rewards_award%ROWTYPE;
BEGIN
    SELECT * INTO award FROM rewards_award WHERE id = NEW.award_id FOR UPDATE;
    IF (NEW.amount, NEW.unit) IS DISTINCT FROM (award.amount, award.unit)
       OR NEW.kind = 'entitled' AND award.state <> 'approved'
       OR NEW.kind <> 'entitled' AND NOT EXISTS (
           SELECT FROM rewards_ledgerentry WHERE award_id = NEW.award_id AND kind = 'entitled')
       OR NEW.kind = 'cancelled' AND (award.state NOT IN ('declined', 'expired', 'ineligible', 'revoked') OR EXISTS (
           SELECT FROM rewards_ledgerentry WHERE award_id = NEW.award_id AND kind = 'paid'))
       OR NEW.kind = 'paid' AND (award.state NOT IN ('verified', 'fulfilled') OR EXISTS (
           SELECT FROM rewards_ledgerentry WHERE award_id = NEW.award_id AND kind = 'cancelled'))
       OR NEW.kind = 'paid' AND (NEW.by_id IS NULL OR EXISTS (
           SELECT FROM rewards_awardstep WHERE award_id = NEW.award_id AND to_state = 'approved' AND by_id = NEW.by_id))
    THEN
        RAISE EXCEPTION 'award % (%): % of % % is not what the ledger can say',
            award.id, award.state, NEW.kind, NEW.amount, NEW.unit
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledgerentry_of_its_award';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledgerentry_of_its_award BEFORE INSERT ON rewards_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION rewards_check_ledger();
CREATE TRIGGER ledgerentry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON rewards_ledgerentry
    FOR EACH STATEMENT EXECUTE FUNCTION livefest_refuse_change();
CREATE FUNCTION rewards_keep_batch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.content <> '' OR to_jsonb(NEW) - 'content' <> to_jsonb(OLD) - 'content' THEN
        RAISE EXCEPTION 'UPDATE of a payout batch refused: only its content may be emptied'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payoutbatch_kept';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payoutbatch_kept BEFORE UPDATE ON rewards_payoutbatch
    FOR EACH ROW EXECUTE FUNCTION rewards_keep_batch();
CREATE TRIGGER payoutbatch_append_only BEFORE DELETE OR TRUNCATE ON rewards_payoutbatch
    FOR EACH STATEMENT EXECUTE FUNCTION livefest_refuse_change();
CREATE TRIGGER payoutexport_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON rewards_payoutexport
    FOR EACH STATEMENT EXECUTE FUNCTION livefest_refuse_change();
CREATE TRIGGER signedcheck_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON rewards_signedcheck
    FOR EACH STATEMENT EXECUTE FUNCTION livefest_refuse_change();

CREATE FUNCTION rewards_check_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    award rewards_award%ROWTYPE;
BEGIN
    SELECT * INTO award FROM rewards_award WHERE id = NEW.award_id FOR UPDATE;
    IF TG_OP = 'INSERT' AND (NEW.state <> 'waiting' OR NEW.amount <> award.amount OR award.state <> 'verified'
            OR NOT EXISTS (SELECT FROM rewards_payoutbatch batch
                           WHERE batch.id = NEW.batch_id AND batch.fest_id = award.fest_id AND batch.unit = award.unit))
       OR TG_OP = 'UPDATE' AND (OLD.state <> 'waiting' OR ROW(NEW.batch_id, NEW.number, NEW.award_id, NEW.amount)
            IS DISTINCT FROM ROW(OLD.batch_id, OLD.number, OLD.award_id, OLD.amount)) THEN
        RAISE EXCEPTION 'award % (%): no such payment in a batch, or it is answered', award.id, award.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payoutline_of_its_award';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payoutline_of_its_award BEFORE INSERT OR UPDATE ON rewards_payoutline
    FOR EACH ROW EXECUTE FUNCTION rewards_check_line();
CREATE TRIGGER payoutline_kept BEFORE DELETE OR TRUNCATE ON rewards_payoutline
    FOR EACH STATEMENT EXECUTE FUNCTION livefest_refuse_change();
"""

LEDGER_REVERSED = """
DROP TRIGGER payoutline_kept ON rewards_payoutline;
DROP TRIGGER payoutline_of_its_award ON rewards_payoutline;
DROP FUNCTION rewards_check_line();
DROP TRIGGER signedcheck_append_only ON rewards_signedcheck;
DROP TRIGGER payoutexport_append_only ON rewards_payoutexport;
DROP TRIGGER payoutbatch_append_only ON rewards_payoutbatch;
DROP TRIGGER payoutbatch_kept ON rewards_payoutbatch;
DROP FUNCTION rewards_keep_batch();
DROP TRIGGER ledgerentry_append_only ON rewards_ledgerentry;
DROP TRIGGER ledgerentry_of_its_award ON rewards_ledgerentry;
DROP FUNCTION rewards_check_ledger();
"""

# The event is locked, so that of two who accept the last place at once one waits, and finds it taken.
EVENTS = """
CREATE FUNCTION rewards_check_capacity() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    places integer;
    coming bigint;
BEGIN
    SELECT capacity INTO places FROM rewards_awardevent WHERE id = NEW.event_id FOR UPDATE;
    SELECT coalesce(sum(people), 0) INTO coming FROM rewards_invitation
    WHERE event_id = NEW.event_id AND answer = 'comes' AND id <> NEW.id;
    IF coming + NEW.people > places THEN
        RAISE EXCEPTION 'event %: % of % places are taken, % more are too many', NEW.event_id, coming, places, NEW.people
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invitation_within_capacity';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER invitation_within_capacity BEFORE INSERT OR UPDATE OF answer, people ON rewards_invitation
    FOR EACH ROW WHEN (NEW.answer = 'comes') EXECUTE FUNCTION rewards_check_capacity();

CREATE FUNCTION rewards_keep_ticket() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ROW(NEW.id, NEW.invitation_id, NEW.number, NEW.serial, NEW.made_at)
       IS DISTINCT FROM ROW(OLD.id, OLD.invitation_id, OLD.number, OLD.serial, OLD.made_at)
       OR OLD.admitted_at IS NOT NULL
          AND (NEW.admitted_at, NEW.admitted_by_id) IS DISTINCT FROM (OLD.admitted_at, OLD.admitted_by_id)
       OR OLD.admitted_at IS NULL AND NEW.admitted_at IS NOT NULL AND NEW.void_at IS NOT NULL
       OR OLD.void_at IS NOT NULL AND NEW.void_at IS DISTINCT FROM OLD.void_at THEN
        RAISE EXCEPTION 'ticket % admits once, and not when it is void', OLD.serial
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ticket_admits_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ticket_admits_once BEFORE UPDATE ON rewards_ticket
    FOR EACH ROW EXECUTE FUNCTION rewards_keep_ticket();
"""

EVENTS_REVERSED = """
DROP TRIGGER ticket_admits_once ON rewards_ticket;
DROP FUNCTION rewards_keep_ticket();
DROP TRIGGER invitation_within_capacity ON rewards_invitation;
DROP FUNCTION rewards_check_capacity();
"""


class Migration(migrations.Migration):
    dependencies = [("rewards", "0003_awards")]
    operations = [
        migrations.RunSQL(SAME_FEST, SAME_FEST_REVERSED),
        migrations.RunSQL(STEPS, STEPS_REVERSED),
        migrations.RunSQL(LEDGER, LEDGER_REVERSED),
        migrations.RunSQL(EVENTS, EVENTS_REVERSED),
    ]

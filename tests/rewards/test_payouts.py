"""Payout batches and the payer's answers: what is paid is paid once, to whom it is due, by two people."""

from __future__ import annotations

import csv
import io
from hashlib import sha256
from pathlib import Path
from threading import Thread
from typing import Any
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from creators.models import Creator, Participation
from livefest.models import AuditEntry, Fest, User
from livefest.sql import execute
from rewards import ledger, payout_answers
from rewards.awards import LOCK, AwardError, NotAllowed, find_ineligible, fulfil, revoke
from rewards.claims import encrypted
from rewards.models import Award, Claim, LedgerEntry, PayoutBatch, PayoutExport, PayoutLine
from rewards.payees import correct_payee, is_payee_asked
from rewards.payout_answers import WrongFile
from rewards.payouts import (
    ExportedAlready,
    NothingToPay,
    PayoutError,
    cancel_batch,
    delete_old_content,
    export_batch,
    make_batch,
)
from tests.admin.pages import body, change, messages
from tests.rankings.machinery import wait_for
from tests.rankings.results.certifying import run
from tests.rewards.paid import all_paid, answered, batch_of, line_of, ready, said
from tests.rewards.prizes import award_of, person, staff

pytestmark = pytest.mark.django_db
__all__ = ["ready"]  # a fixture


def lines_in(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


def of_lines(batch: PayoutBatch) -> list[Any]:
    return list(batch.lines.values_list("number", "state", "reference", "problem", "said"))


def test_batch_holds_what_is_verified_once_and_its_digest_is_of_the_bytes(ready: Fest) -> None:
    made = make_batch(fest=ready, unit="EUR", by=staff("pia"))
    batch = made.batch
    content = export_batch(batch=batch, by=staff("pia"))
    assert made.left_out == []
    assert (batch.number, batch.count, batch.total) == (1, 6, 40_074)
    assert batch.digest == sha256(content).hexdigest()
    ann = award_of(ready, "pot", "ann").pk
    assert lines_in(content)[:2] == [
        ["batch", "line", "award", "handle", "name", "amount", "amount_shown", "unit", "payee"],
        ["1", "1", str(ann), "ann", "Ann Ó Súilleabháin", "10001", "100.01", "EUR", "IE-ann"],
    ]
    assert [line[3] for line in lines_in(content)[1:]] == ["ann", "ben", "cat", "choir", "dan", "eve"]
    stored = PayoutBatch.objects.get().content
    assert stored
    assert "ann" not in stored
    with pytest.raises(NothingToPay, match="There is nothing of “EUR” to pay; there is of: diamonds."):
        make_batch(fest=ready, unit="EUR", by=staff("pia"))
    diamonds = export_batch(batch=make_batch(fest=ready, unit="diamonds", by=staff("pia")).batch, by=staff("pia"))
    assert [line[3:] for line in lines_in(diamonds)[2:4]] == [
        ["ben", "Ben", "500", "500", "diamonds", "ben"],
        ["cat", "Cat", "500", "500", "diamonds", "cat"],
    ]
    with pytest.raises(NothingToPay, match="once it is verified"):
        make_batch(fest=ready, unit="EUR", by=staff("pia"))


def test_who_approved_neither_makes_exports_nor_answers(ready: Fest) -> None:
    with pytest.raises(NothingToPay, match="Left out: 6, such as that of “ann”. “omar” approved it"):
        make_batch(fest=ready, unit="EUR", by=staff("omar"))
    batch = batch_of(ready)
    with pytest.raises(NotAllowed, match="“omar” approved the award of “ann” in it"):
        export_batch(batch=batch, by=staff("omar"), reason="Lost")
    with pytest.raises(NotAllowed, match="“omar” approved the award of “ann” in it"):
        answered(batch, all_paid(batch), by="omar")
    assert not LedgerEntry.objects.filter(kind="paid").exists()
    for stranger in (person("vera", "verify_award", "approve_award"), staff("pia")):
        stranger.is_active = stranger.username == "vera"
        stranger.save()
        with pytest.raises(NotAllowed, match="it needs rewards.fulfil_award"):
            answered(batch, all_paid(batch), by=stranger.username)


def test_batch_leaves_out_what_cannot_be_paid_and_defuses_formulas(ready: Fest) -> None:
    ann, ben, dan = (award_of(ready, "pot", handle) for handle in ("ann", "ben", "dan"))
    Participation.objects.filter(creator__handle="cat").update(state="suspended", reason="Bots")
    Claim.objects.filter(award=dan).update(details="")
    Claim.objects.filter(award=ann).update(details=encrypted({"name": '=1+1\n,"x"', "payee": "+49 170"}))
    with override_settings(SECRET_KEY="of another installation"):
        Claim.objects.filter(award=ben).update(details=encrypted({"name": "Ben", "payee": "1"}))
    Creator.objects.filter(handle="eve").update(name="@SUM(A1)")
    made = make_batch(fest=ready, unit="EUR", by=staff("pia"))
    assert [(left.award.handle, left.why) for left in made.left_out] == [
        ("ben", "What is stored can't be decrypted: put the former SECRET_KEY into SECRET_KEY_FALLBACKS."),
        ("cat", "They are suspended."),
        ("dan", "It has no payee reference: the claim gives one."),
    ]
    rows = lines_in(export_batch(batch=made.batch, by=staff("pia")))
    assert [(row[3], row[4], row[8]) for row in rows[1:2]] == [("ann", '\'=1+1 ,"x"', "'+49 170")]
    diamonds = make_batch(fest=ready, unit="diamonds", by=staff("pia"))
    assert [left.award.handle for left in diamonds.left_out] == ["cat"]
    assert lines_in(export_batch(batch=diamonds.batch, by=staff("pia")))[-1][4] == "'@SUM(A1)"
    with pytest.raises(NothingToPay, match="Left out: 3, such as that of “ben”. What is stored can't be decrypted"):
        make_batch(fest=ready, unit="EUR", by=staff("pia"))


def test_second_export_takes_a_reason_and_says_which_copy_it_is(ready: Fest) -> None:
    batch = make_batch(fest=ready, unit="EUR", by=staff("pia")).batch
    first = export_batch(batch=batch, by=staff("pia"))
    with pytest.raises(ExportedAlready, match="exported already, by “pia” at 2026-02-19 00:00 UTC: say why"):
        export_batch(batch=batch, by=staff("nia"), reason=" ")
    mark, _newline, rest = export_batch(batch=batch, by=staff("nia"), reason="Lost it").partition(b"\n")
    assert mark.decode().startswith("COPY 2 of batch 1: pay nothing twice.")
    assert rest == first
    assert sha256(rest).hexdigest() == batch.digest
    exports = PayoutExport.objects.order_by("copy").values_list("copy", "by__username", "reason")
    assert list(exports) == [(1, "pia", ""), (2, "nia", "Lost it")]
    acts = AuditEntry.objects.filter(verb__endswith="payout batch").order_by("pk")
    assert list(acts.values_list("verb", "actor__username", "reason")) == [
        ("make payout batch", "pia", ""),
        ("export payout batch", "pia", ""),
        ("export payout batch", "nia", "Lost it"),
    ]
    with pytest.raises(PayoutError, match="exported: the payer's answer says"):
        cancel_batch(batch=batch, by=staff("pia"), reason="x")


def test_cancelled_batch_frees_its_awards_and_is_never_handed_out(ready: Fest) -> None:
    batch = make_batch(fest=ready, unit="EUR", by=staff("pia")).batch
    with pytest.raises(PayoutError, match="was never exported, so nobody can have answered it"):
        answered(batch, all_paid(batch))
    for _again in range(2):
        cancel_batch(batch=batch, by=staff("pia"), reason="Wrong day")
    with pytest.raises(PayoutError, match="Batch 1 was cancelled: make a new one"):
        export_batch(batch=batch, by=staff("pia"))
    assert make_batch(fest=ready, unit="EUR", by=staff("pia")).batch.count == 6


def test_answer_pays_what_was_paid_and_frees_what_failed(ready: Fest) -> None:
    batch = batch_of(ready)
    lines = all_paid(batch).replace(b"3,paid,6668,tx-3,", b"3,failed,6668,tx-3,Account closed")
    done = answered(batch, lines)
    assert (done.paid, done.failed, done.unchanged, done.wrong) == (5, 1, 0, [])
    before = of_lines(batch)
    assert before[2:4] == [(3, "failed", "tx-3", "Account closed", None), (4, "paid", "tx-4", "", None)]
    assert award_of(ready, "pot", "ann").state == "fulfilled"
    assert award_of(ready, "pot", "cat").state == "verified"
    paid = LedgerEntry.objects.filter(kind="paid").order_by("line__number")
    assert list(paid.values_list("award__handle", "amount", "by__username")) == [
        *(("ann", 10_001, "pia"), ("ben", 10_001, "pia"), ("choir", 70, "pia"), ("dan", 6667, "pia")),
        ("eve", 6667, "pia"),
    ]
    acts = AuditEntry.objects.count()
    again = answered(batch, lines)
    assert (again.paid, again.failed, again.unchanged, again.wrong) == (0, 0, 6, [])
    assert (of_lines(batch), LedgerEntry.objects.filter(kind="paid").count()) == (before, 5)
    assert AuditEntry.objects.count() == acts
    second = batch_of(ready)
    assert (second.number, second.count, second.total) == (2, 1, 6668)
    assert answered(second, all_paid(second)).paid == 1
    assert award_of(ready, "pot", "cat").state == "fulfilled"


def test_winner_names_another_payee_once_a_payment_failed(ready: Fest) -> None:
    batch, cat = batch_of(ready), award_of(ready, "pot", "cat")
    with pytest.raises(AwardError, match="once a payment has failed"):
        correct_payee(cat, payee="IE-new")
    answered(batch, said("3,failed,6668,,Account closed"))
    assert is_payee_asked(cat)
    with pytest.raises(AwardError, match="Write the payee reference"):
        correct_payee(cat, payee="two\nlines")
    correct_payee(cat, payee=" IE-new ")
    rows = lines_in(export_batch(batch=make_batch(fest=ready, unit="EUR", by=staff("pia")).batch, by=staff("pia")))
    assert [row[3:5] + row[8:] for row in rows[1:]] == [["cat", "Cat Ó Súilleabháin", "IE-new"]]
    assert not is_payee_asked(cat)


def test_wrong_lines_are_told_and_nothing_of_them_is_applied(ready: Fest) -> None:
    batch = batch_of(ready)
    answered(batch, said("6,failed,6667,,No such account"))
    answer = b"".join(
        [
            b"\xef\xbb\xbfline,status,amount,reference,problem,batch,unit,award\r\n",
            b"\r\n",
            b"1,paid,10001,tx-1,,1,EUR,%d\r\n" % award_of(ready, "pot", "ann").pk,
            b"2,PAID,10001,tx-2,,1,EUR,999999\r\n",
            b"3,paid,6667,tx-3,,1,EUR,\r\n",
            b"4,paid,70,tx-4,,1,USD,\r\n",
            b"4,sent,70,tx-4,,1,EUR,\r\n",
            b"5,paid,6667,tx-5,,1,EUR,\r\n",
            b"5,paid,6667,tx-5,,1,EUR,\r\n",
            b"6,paid,6667,tx-6,,1,EUR,\r\n",
            b"7,paid,1,tx-7,,1,EUR,\r\n",
            b"x,paid,1,tx,,2,EUR,\r\n",
            b"x,paid,1,tx,,1,EUR,\r\n",
            b"4,paid,0.70,tx-4,,1,EUR,\r\n",
            b"4,paid,70,,,1,EUR,\r\n",
            b"4,failed,70,,,1,EUR,\r\n",
            b"4,paid,70,tx\x07,,1,EUR,\r\n",
            b"4,paid,70," + b"t" * 129 + b",,1,EUR,\r\n",
            b"4,failed,70,,caf\xe9,1,EUR,\r\n",
            b'4,paid,70,"tx-4,,1,EUR,\r\n',
            b"4,paid,70,tx-4\r\n",
        ]
    )
    done = answered(batch, answer)
    assert (done.paid, done.failed, done.unchanged) == (1, 0, 0)
    told = {}
    for at, why in done.wrong:
        told[at] = why
    assert len(told) == len(done.wrong) == 18
    begins = {
        4: "Line 2 is of award",
        5: "The amount is 66.67 EUR, and 66.68 EUR is due: settle it with the payer, then answer with 6668.",
        6: "The unit is “USD”, and this is the answer to batch 1 of EUR.",
        7: "The status is “sent”: write paid or failed.",
        8: "Line 5 of the batch is answered 2 times in this file: answer it once.",
        9: "Line 5 of the batch is answered 2 times in this file: answer it once.",
        10: "Line 6 was answered otherwise before: failed, reference “”.",
        11: "There is no line 7: batch 1 has the lines 1 to 6.",
        12: "The batch is “2”, and this is the answer to batch 1 of EUR.",
        13: "The line is “x”: write the number that stands in the batch's file.",
        14: "The amount is “0.70”: write minor units in digits alone, such as 500000 for 5000.00.",
        15: "The reference is missing: write by what the payer can find the payment.",
        16: "The problem is missing: write why it failed.",
        17: "The reference has characters that can't be shown: take them out.",
        18: "The reference is longer than 128 characters: shorten it.",
        19: "The line can't be read: is not UTF-8: save the file as UTF-8.",
        20: "The line can't be read: unexpected end of data.",
        21: "The line has 4 values for 8 columns: put a value with a comma in quotes.",
    }
    assert {at: told[at].startswith(begin) for at, begin in begins.items()} == dict.fromkeys(begins, True), told
    assert of_lines(batch) == [
        (1, "paid", "tx-1", "", None),
        (2, "waiting", "", "", None),
        (3, "waiting", "tx-3", "", 6667),
        (4, "waiting", "", "", None),
        (5, "waiting", "", "", None),
        (6, "failed", "", "No such account", None),
    ]
    assert list(LedgerEntry.objects.filter(kind="paid").values_list("award__handle", flat=True)) == ["ann"]
    answered(batch, said("3,paid,6668,tx-3,the rest came later"))
    assert of_lines(batch)[2] == (3, "paid", "tx-3", "the rest came later", None)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "The file is empty: begin with the line line,status,amount,reference."),
        ("line,status,amount,reference\n1,paid,1,x".encode("utf-16"), "The first line can't be read: is not UTF-8"),
        (b"line;status;amount;reference\n", "The first line names no column “line”"),
        (b"line,status,amount\n", "The first line names no column “reference”"),
        (b"line,status,amount,reference,iban\n", "There is no column “iban”: take it out."),
        (b"line,line,status,amount,reference\n", "The column “line” stands twice"),
        (b"x" * (5 * 1024 * 1024 + 1), "The file has more than 5 MB"),
    ],
)
def test_file_that_is_no_answer_is_refused_whole(content: bytes, why: str, ready: Fest) -> None:
    with pytest.raises(WrongFile) as refused:
        answered(batch_of(ready), content)
    assert str(refused.value).startswith(why)


@pytest.mark.django_db(transaction=True)
def test_import_that_was_killed_is_completed_by_the_same_file(ready: Fest) -> None:
    batch = batch_of(ready)
    paid: list[Award] = []

    def dying(award: Award, **more: Any) -> None:
        if len(paid) == 2:
            raise KeyboardInterrupt
        paid.append(award)
        ledger.pay(award, **more)

    with patch.object(payout_answers, "pay", dying), pytest.raises(KeyboardInterrupt):
        answered(batch, all_paid(batch))
    assert [line[1] for line in of_lines(batch)] == ["paid", "paid", *["waiting"] * 4]
    done = answered(batch, all_paid(batch))
    assert (done.paid, done.unchanged) == (4, 2)
    assert LedgerEntry.objects.filter(kind="paid").count() == 6
    assert Award.objects.filter(unit="EUR", state="fulfilled").count() == 6


@pytest.mark.django_db(transaction=True)
def test_two_batches_at_once_hold_no_award_twice(ready: Fest) -> None:
    came: list[object] = []

    def make() -> None:
        try:
            came.append(make_batch(fest=ready, unit="EUR", by=staff("pia")).batch.count)
        except NothingToPay as error:
            came.append(type(error))
        finally:
            connection.close()

    both = [Thread(target=make) for _number in range(2)]
    with transaction.atomic():
        execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, ready.pk])
        for one in both:
            one.start()
        waits = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND NOT granted"
        wait_for(lambda: execute(waits, [LOCK]) == [(2,)])
    for one in both:
        one.join()
    assert sorted(came, key=str) == [6, NothingToPay]
    assert PayoutLine.objects.count() == 6


def test_what_is_with_the_payer_is_not_taken_back_and_money_is_fulfilled_by_an_answer_alone(ready: Fest) -> None:
    ann, ben = (award_of(ready, "pot", handle) for handle in ("ann", "ben"))
    with pytest.raises(AwardError, match="It is fulfilled by the payer's answer"):
        fulfil(ann, by=staff("pia"))
    batch = batch_of(ready)
    with pytest.raises(AwardError, match="import the payer's answer, or cancel the batch, first"):
        revoke(ann, by=staff("pia"), reason="A mistake")
    with pytest.raises(AwardError, match="import the payer's answer, or cancel the batch, first"):
        find_ineligible(ann, by=staff("pia"), reason="Too young")
    answered(batch, said("1,failed,10001,,Stopped"))
    assert revoke(ann, by=staff("pia"), reason="A mistake").state == "revoked"
    assert ben.state == "verified"


def test_files_are_deleted_some_days_after_the_last_answer(ready: Fest, settings: Settings) -> None:
    batch = batch_of(ready)
    content = all_paid(batch)
    answered(batch, content.replace(b"6,paid,6667,tx-6,\n", b""))
    settings.LIVEFEST_NOW = "2026-03-19T00:00:00Z"
    answered(batch, content)
    settings.LIVEFEST_NOW = "2026-05-01T00:00:00Z"
    assert delete_old_content() == 0
    settings.LIVEFEST_NOW = "2026-05-18T00:00:01Z"
    assert [delete_old_content(), delete_old_content()] == [1, 0]
    with pytest.raises(PayoutError, match="The file of batch 1 is deleted"):
        export_batch(batch=batch, by=staff("pia"), reason="For the auditor")


def test_database_holds_batches_lines_and_ledger(ready: Fest) -> None:
    batch, diamonds = batch_of(ready), batch_of(ready, "diamonds")
    line, award = line_of(batch, "ann"), award_of(ready, "gems", "cat")
    refused: list[Any] = [
        lambda: PayoutBatch.objects.filter(pk=batch.pk).update(total=1),
        lambda: PayoutBatch.objects.filter(pk=batch.pk).update(content="other"),
        lambda: PayoutBatch.objects.filter(pk=batch.pk).update(content="", digest="0" * 64),
        lambda: PayoutBatch.objects.filter(pk=batch.pk)._raw_delete("default"),
        lambda: PayoutExport.objects.update(reason="x"),
        lambda: PayoutExport.objects.create(batch=batch, copy=2, by=staff("pia"), at=batch.made_at),
        lambda: PayoutLine.objects.filter(pk=line.pk).update(amount=1),
        lambda: PayoutLine.objects.filter(pk=line.pk).update(said=line.amount),
        lambda: PayoutLine.objects.filter(pk=line.pk)._raw_delete("default"),
        lambda: PayoutLine.objects.create(batch=batch, number=9, award=award, amount=award.amount),  # other unit
        lambda: PayoutLine.objects.create(batch=diamonds, number=9, award=award, amount=award.amount),  # twice
    ]
    for number, act in enumerate(refused):
        with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
            act()
            pytest.fail(f"{number} was not refused")
    answered(batch, said("1,paid,10001,tx,"))
    with pytest.raises(IntegrityError, match="no such payment"), transaction.atomic():
        PayoutLine.objects.filter(pk=line.pk).update(state="failed")


def page(batch: PayoutBatch, name: str) -> str:
    return reverse(f"admin:rewards_payoutbatch_{name}", args=[batch.pk])


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_staff_make_export_and_answer_in_the_admin(ready: Fest) -> None:
    pia = client_of(staff("pia"))
    payouts = reverse("admin:rewards_payoutbatch_reconcile", args=[ready.pk])
    assert f'href="{payouts}"' in body(pia.get(change(ready)))
    assert f'href="{payouts}"' in body(pia.get(reverse("admin:rewards_payoutbatch_changelist")))
    assert "Make a batch of EUR" in body(pia.get(payouts))
    making = reverse("admin:rewards_payoutbatch_make", args=[ready.pk])
    assert messages(pia.post(making, {"unit": "EUR"}, follow=True)) == ["Batch 1: 6 payments, 400.74 EUR."]
    assert "There is nothing of “EUR” to pay" in messages(pia.post(making, {"unit": "EUR"}, follow=True))[0]
    batch = PayoutBatch.objects.get()
    assert "Nobody was handed this batch yet." in body(pia.get(change(batch)))
    file = pia.post(page(batch, "export"))
    assert sha256(file.content).hexdigest() == batch.digest
    assert file["Content-Disposition"] == 'attachment; filename="prizes-payouts-1-EUR.csv"'
    assert "no-store" in file["Cache-Control"]
    assert "say why it is again" in messages(pia.post(page(batch, "export"), follow=True))[0]
    assert b"COPY 2 of batch 1" in pia.post(page(batch, "export"), {"reason": "Lost it"}).content
    shown = body(pia.get(change(batch)))
    assert "Lost it" in shown
    assert "IE-ann" not in shown
    content = all_paid(batch).replace(b"2,paid,10001", b"2,paid,10101").replace(b"6,paid", b"7,paid")
    came = body(pia.post(page(batch, "answer"), {"file": SimpleUploadedFile("answer.csv", content)}))
    assert "4 paid, 0 failed, 0 as they were answered before, 2 wrong." in came
    assert "Line 7 of the file: There is no line 7: batch 1 has the lines 1 to 6." in came
    assert "They say 101.01 EUR: 1.00 EUR too much." in body(pia.get(payouts))
    refused = body(pia.post(page(batch, "answer"), {"file": SimpleUploadedFile("answer.csv", b"nonsense")}))
    assert "The first line names no column “line”" in refused
    for model in ("payoutbatch", "payoutline", "ledgerentry"):
        rows = body(pia.get(reverse(f"admin:rewards_{model}_changelist")))
        assert "EUR" in rows
    assert pia.get(change(LedgerEntry.objects.latest("pk"))).status_code == 200
    assert pia.get(change(PayoutLine.objects.latest("pk"))).status_code == 200
    assert AuditEntry.objects.filter(verb="import payout answer", via="admin", actor=staff("pia")).count() == 1


def test_pages_are_closed_to_who_lacks_the_permission(ready: Fest) -> None:
    batch = batch_of(ready)
    seeing = client_of(person("see", "view_payoutbatch", "view_ledgerentry"))
    nobody = client_of(person("nobody", "view_award"))
    payouts = reverse("admin:rewards_payoutbatch_reconcile", args=[ready.pk])
    making = reverse("admin:rewards_payoutbatch_make", args=[ready.pk])
    assert [seeing.get(payouts).status_code, nobody.get(payouts).status_code] == [200, 403]
    assert "Export" not in body(seeing.get(change(batch))).replace("Exports", "")
    assert "Make a batch" not in body(seeing.get(payouts))
    for client in (seeing, nobody):
        assert client.post(making, {"unit": "diamonds"}).status_code == 403
        for name in ("export", "cancel", "answer"):
            assert client.post(page(batch, name), {"reason": "x"}).status_code == 403
    omar = client_of(staff("omar"))
    assert "“omar” approved the award" in messages(omar.post(page(batch, "export"), {"reason": "x"}, follow=True))[0]
    assert omar.get(page(batch, "export")).status_code == 405
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(staff("pia"))
    assert careful.post(page(batch, "export"), {"reason": "x"}).status_code == 403
    assert PayoutExport.objects.count() == 1


def test_lists_take_as_many_queries_for_six_rows_as_for_one(
    ready: Fest,
) -> None:
    batch = batch_of(ready)
    pia = client_of(staff("pia"))
    payouts = reverse("admin:rewards_payoutbatch_reconcile", args=[ready.pk])
    lists = [payouts, *(reverse(f"admin:rewards_{name}_changelist") for name in ("payoutline", "ledgerentry"))]
    counts = []
    for line in ("1,paid,10001,x,", "2,paid,10001,x,\n3,paid,6668,x,\n4,failed,70,,x\n5,failed,6667,,x"):
        answered(batch, said(line))
        with CaptureQueriesContext(connection) as caught:
            for url in lists:
                pia.get(url)
        counts.append(len(caught))
    assert counts[0] == counts[1]


def test_commands_make_export_and_import(ready: Fest, tmp_path: Path) -> None:
    made = run("payout_batch", "prizes", "--make=EUR", "--by=pia")
    batch = PayoutBatch.objects.get()
    assert made == f"Batch 1: 6 payments, 400.74 EUR\nSHA-256 {batch.digest}\n"
    to = tmp_path / "1.csv"
    run("payout_batch", "prizes", "--export=1", f"--to={to}", "--by=pia")
    assert sha256(to.read_bytes()).hexdigest() == batch.digest
    assert to.stat().st_mode & 0o777 == 0o600
    for arguments, why in [
        ([f"--to={to}"], "Name a new file"),
        ([f"--to={tmp_path / '2.csv'}"], "say why it is again"),
        ([], "Say where to"),
    ]:
        with pytest.raises(CommandError, match=why):
            run("payout_batch", "prizes", "--export=1", "--by=pia", *arguments)
    assert [path.name for path in tmp_path.iterdir()] == ["1.csv"]
    with pytest.raises(CommandError, match=r"There is no batch 5 of prizes \(there are: 1\)"):
        run("payout_batch", "prizes", "--cancel=5", "--by=pia", "--reason=x")
    answer = tmp_path / "answer.csv"
    answer.write_bytes(said("1,paid,10001,tx,", "9,paid,1,tx,"))
    for paid, unchanged in [(1, 0), (0, 1)]:
        out = io.StringIO()
        with pytest.raises(CommandError, match="answer.csv:3: There is no line 9"):
            call_command("import_payouts", "prizes", "1", str(answer), "--by=pia", stdout=out)
        assert out.getvalue() == f"{paid} paid, 0 failed, {unchanged} as they were answered before\n"
    acts = AuditEntry.objects.filter(via="command import_payouts", verb="award fulfilled")
    assert list(acts.values_list("actor__username", flat=True)) == ["pia"]

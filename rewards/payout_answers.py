"""The payer's answer to a batch: which of its lines were paid, and which failed.

Each line of the file stands by itself: what is right is applied, in one transaction a line, and of what is wrong
nothing is, and why is told. So a file that was read in part, because the program was killed or something in it was
wrong, is simply imported again.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

from django.utils.translation import gettext as _

from livefest import clock
from livefest.audit import acting, record
from livefest.models import User
from rewards import notices
from rewards.awards import FULFIL, AwardError, fulfil, lock_awards_of, refuse_stranger
from rewards.ledger import pay
from rewards.models import PayoutBatch, PayoutLine
from rewards.payout_file import COLUMNS, amount_text
from rewards.payouts import PayoutError, fail, refuse_approver

State = PayoutLine.State
REQUIRED = ["line", "status", "amount", "reference"]
KNOWN = [*REQUIRED, "problem", *(name for name in COLUMNS if name not in REQUIRED)]
LONGEST = {"reference": 128, "problem": 300}
MOST_BYTES = 5 * 1024 * 1024
MOST_DIGITS = 18  # PostgreSQL's bigint holds them all


class WrongFile(PayoutError):
    """A file that can't be read as an answer at all."""


class WrongLine(PayoutError):
    """A line of which nothing is applied."""


class Said(NamedTuple):
    """A line of the file. `at`: its number in the file, from 1, the header included. `award`: "" where it isn't
    repeated."""

    at: int
    number: int
    award: str
    status: str
    amount: int
    reference: str
    problem: str


class Wrong(NamedTuple):
    at: int
    why: str


@dataclass
class Answered:
    """What came of a file: how many lines it says were paid and failed, how many it had said before, and what of it
    was wrong."""

    paid: int = 0
    failed: int = 0
    unchanged: int = 0
    wrong: list[Wrong] = field(default_factory=list)


def import_answer(*, batch: PayoutBatch, content: bytes, by: User, via: str = "") -> Answered:
    """Takes the payer's answer, a CSV with the columns line,status,amount,reference and perhaps problem. What was paid
    is so in the ledger, and its award fulfilled; what failed can stand in the next batch.

    The same file again changes nothing. By nobody who approved one of the batch's awards. `via` is the way in, for the
    audit. Raises NotAllowed, WrongFile, PayoutError.
    """
    refuse_stranger(by, FULFIL)
    refuse_approver(batch, by)
    if not batch.exports.exists():
        text = _("Batch %(number)d was never exported, so nobody can have answered it. Is this of another batch?")
        raise PayoutError(text % {"number": batch.number})
    done = Answered()
    said = list(read(batch, content, done))
    for one in said:
        try:
            apply(batch, one, done, by=by, via=via)
        except AwardError as error:
            done.wrong.append(Wrong(one.at, str(error)))
    done.wrong.sort()
    if done.paid or done.failed or done.wrong:
        with acting(by=by, via=via):
            after = {"paid": done.paid, "failed": done.failed, "wrong": len(done.wrong)}
            record(batch, verb="import payout answer", after={**after, "file": sha256(content).hexdigest()})
    return done


def read(batch: PayoutBatch, content: bytes, done: Answered) -> Iterator[Said]:
    """The lines that say something of the batch, once each. The others are noted as wrong. Raises WrongFile."""
    found: list[Said] = []
    for at, cells in rows(content, done):
        try:
            refuse_other(batch, cells)
            found.append(said_by(at, cells))
        except WrongLine as error:
            done.wrong.append(Wrong(at, str(error)))
    times = Counter(one.number for one in found)
    for one in found:
        if times[one.number] == 1:
            yield one
        else:
            text = _("Line %(number)d of the batch is answered %(times)d times in this file: answer it once.")
            done.wrong.append(Wrong(one.at, text % {"number": one.number, "times": times[one.number]}))


def rows(content: bytes, done: Answered) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row's number and its cells by column. A row is one line, so that a stray quote costs its own row alone;
    blank lines, and the one that marks a copy, are passed over."""
    if len(content) > MOST_BYTES:
        raise WrongFile(_("The file has more than 5 MB: no answer has. Is it the right one?"))
    header: list[str] | None = None
    for at, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if not line.strip(b" \t\r,") or (header is None and line.startswith(b"COPY ")):
            continue
        try:
            values = [value.strip() for value in next(csv.reader([line.removesuffix(b"\r").decode()], strict=True))]
        except (UnicodeDecodeError, csv.Error) as error:
            why = _("is not UTF-8: save the file as UTF-8") if isinstance(error, UnicodeDecodeError) else str(error)
            if header is None:
                raise WrongFile(_("The first line can't be read: %(why)s.") % {"why": why}) from error
            done.wrong.append(Wrong(at, _("The line can't be read: %(why)s.") % {"why": why}))
            continue
        if header is None:
            header = checked_header(values)
        elif len(values) != len(header):
            text = _("The line has %(values)d values for %(columns)d columns: put a value with a comma in quotes.")
            done.wrong.append(Wrong(at, text % {"values": len(values), "columns": len(header)}))
        else:
            yield at, dict(zip(header, values, strict=True))
    if header is None:
        raise WrongFile(_("The file is empty: begin with the line %(header)s.") % {"header": ",".join(REQUIRED)})


def checked_header(header: list[str]) -> list[str]:
    for name in REQUIRED:
        if name not in header:
            text = _("The first line names no column “%(name)s”: begin with %(header)s, with commas between.")
            raise WrongFile(text % {"name": name, "header": ",".join([*REQUIRED, "problem"])})
    for name in header:
        if name not in KNOWN:
            text = _("There is no column “%(name)s”: take it out. There are: %(known)s.")
            raise WrongFile(text % {"name": name, "known": ", ".join(KNOWN)})
        if header.count(name) > 1:
            raise WrongFile(_("The column “%(name)s” stands twice: write it once.") % {"name": name})
    return header


def refuse_other(batch: PayoutBatch, cells: Mapping[str, str]) -> None:
    """What the payer repeats of the batch's own file has to be of this batch."""
    for name, ours in {"batch": str(batch.number), "unit": batch.unit}.items():
        if cells.get(name, ours) != ours:
            text = _("The %(name)s is “%(theirs)s”, and this is the answer to batch %(number)d of %(unit)s.")
            parts = {"name": name, "theirs": cells[name][:30], "number": batch.number, "unit": batch.unit}
            raise WrongLine(text % parts)


def said_by(at: int, cells: Mapping[str, str]) -> Said:
    number = integer("line", cells["line"], _("the number that stands in the batch's file"))
    amount = integer("amount", cells["amount"], _("minor units in digits alone, such as 500000 for 5000.00"))
    status = cells["status"].lower()
    if status not in {State.PAID, State.FAILED}:
        text = _("The status is “%(status)s”: write paid or failed.")
        raise WrongLine(text % {"status": cells["status"][:30]})
    texts = {name: cells.get(name, "") for name in LONGEST}
    for name, text in texts.items():
        if len(text) > LONGEST[name]:
            told = _("The %(name)s is longer than %(most)d characters: shorten it.")
            raise WrongLine(told % {"name": name, "most": LONGEST[name]})
        if not text.isprintable():
            raise WrongLine(_("The %(name)s has characters that can't be shown: take them out.") % {"name": name})
    if status == State.PAID and not texts["reference"]:
        raise WrongLine(_("The reference is missing: write by what the payer can find the payment."))
    if status == State.FAILED and not texts["problem"]:
        raise WrongLine(_("The problem is missing: write why it failed."))
    return Said(at, number, cells.get("award", ""), status, amount, **texts)


def integer(name: str, text: str, form: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        parts = {"name": name, "text": text[:30], "form": form}
        raise WrongLine(_("The %(name)s is “%(text)s”: write %(form)s.") % parts)
    return int(text)


def apply(batch: PayoutBatch, said: Said, done: Answered, *, by: User, via: str) -> None:
    """One line, in one transaction. Raises AwardError for what isn't applied."""
    with acting(by=by, via=via):
        lock_awards_of(batch.fest_id)
        line = locked_line(batch, said)
        if line.state != State.WAITING:
            refuse_otherwise(line, said)
            done.unchanged += 1
            return
        if said.amount == line.amount and said.status == State.FAILED:
            fail(line, problem=said.problem, reference=said.reference, by=by)
            line.award.refresh_from_db(fields=["state"])
            if line.award.is_live:  # else it was taken back, which they are told
                notices.tell_payment_failed(line)
            done.failed += 1
            return
        if said.amount == line.amount:
            mark_paid(line, said, by=by)
            done.paid += 1
            return
        if said.status == State.PAID:  # it is money that left: it stays on the page until it is explained
            line.said, line.reference, line.problem = said.amount, said.reference, said.problem
            line.save(update_fields=["said", "reference", "problem"])
    parts = {
        "theirs": amount_text(said.amount, batch.unit),
        "ours": amount_text(line.amount, batch.unit),
        "amount": line.amount,
    }
    text = _("The amount is %(theirs)s, and %(ours)s is due: settle it with the payer, then answer with %(amount)d.")
    raise WrongLine(text % parts)


def locked_line(batch: PayoutBatch, said: Said) -> PayoutLine:
    rows = PayoutLine.objects.select_for_update(of=["self"]).select_related("award__reward", "award__fest")
    try:
        line = rows.get(batch=batch, number=said.number)
    except PayoutLine.DoesNotExist as error:
        text = _("There is no line %(line)d: batch %(number)d has the lines 1 to %(count)d.")
        raise WrongLine(text % {"line": said.number, "number": batch.number, "count": batch.count}) from error
    if said.award not in {"", str(line.award_id)}:
        text = _("Line %(number)d is of award %(ours)d, and not %(theirs)s: have the lines been shifted?")
        raise WrongLine(text % {"number": said.number, "ours": line.award_id, "theirs": said.award[:30]})
    return line


def refuse_otherwise(line: PayoutLine, said: Said) -> None:
    """What was answered stays; the same once more is nothing new."""
    before = (line.state, line.amount, line.reference, line.problem)
    if before == (said.status, said.amount, said.reference, said.problem):
        return
    text = _(
        "Line %(number)d was answered otherwise before: %(state)s, reference “%(reference)s”. If it failed and is paid "
        "now, put it into a new batch and answer that; if it was paid twice, settle it with the payer."
    )
    state = line.get_state_display().lower()
    raise WrongLine(text % {"number": line.number, "state": state, "reference": line.reference})


def mark_paid(line: PayoutLine, said: Said, *, by: User) -> None:
    line.state, line.said, line.reference, line.problem = State.PAID, None, said.reference, said.problem
    line.answered_at = clock.now()
    line.save(update_fields=["state", "said", "reference", "problem", "answered_at"])
    pay(line.award, line=line, by=by)
    fulfil(line.award, by=by)

"""Tables of other help desks become tickets: each row once, or kept aside with its reason."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk_app.bootstrap import OpenDesk, make_demo
from desk_app.domain.commands import Create
from desk_app.domain.errors import DiskFullError
from desk_app.domain.filters import QueueFilter, SortKey
from desk_app.domain.intake import (
    BadCsvError,
    BrokenRowReason,
    CsvProblem,
    DateOrder,
    ImportSource,
    RowOddityCode,
    RowRefusal,
    TicketField,
    mapped,
)
from desk_app.domain.mail import BrokenReason
from desk_app.domain.ticket import Source, State
from desk_app.services.import_run import BATCH, ImportRun, begin
from desk_app.services.intake import Outcome, Taken
from desk_app.services.ticket_import import look
from desk_app.ui.import_texts import aside_text, table_problem_text, ticket_field_name

HEAD = "Ticket Number,Date Created,Subject,From,From Email,Priority,Department,Help Topic,"
HEAD += "Source,Current Status,Agent Assigned,Description\n"
PRINTER = (
    '4711,2026-01-20 08:30,Printer is mute,Zoe Quill,zoe@else.example,High,SysAdmins,"",E-Mail,'
    "On hold,Jane Miller,It does not beep\n"
)


def write(folder: Path, text: str | bytes, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def take(desk: OpenDesk, path: Path, after: str | None = None, **options) -> list[Outcome]:
    table = desk.table(path)
    rows = table.read(table.proposed, options.pop("dates", None), after)
    return list(desk.ticket_import.take_all(rows, **options))


def fates(outcomes: list[Outcome]) -> list[Taken]:
    return [outcome.taken for outcome in outcomes]


def all_tickets(desk: OpenDesk) -> list[int]:
    reader = desk.reader()
    try:
        return reader.queue_ids(QueueFilter(), SortKey()).tolist()
    finally:
        reader.close()


def test_a_row_becomes_a_ticket_with_what_its_names_mean_here(desk, reader, tmp_path):
    [outcome] = take(desk, write(tmp_path, HEAD + PRINTER), actor="jane")
    page = reader.page(outcome.ticket, agent="jane", entries=9)
    ticket = page.ticket
    assert ticket.number == "4711"
    assert ticket.subject == "Printer is mute"
    assert (ticket.status, ticket.state) == ("on-hold", State.OPEN)
    assert (ticket.owner, ticket.department, ticket.priority) == ("jane", "sysadmins", "high")
    assert ticket.source is Source.EMAIL
    assert page.requester.email == "zoe@else.example"
    assert [entry.text for entry in page.entries] == ["It does not beep"]
    assert [(e.action, e.actor, e.comment) for e in page.events] == [
        ("create", "jane", "t.csv#1 · 4711")
    ]


def test_the_same_table_again_adds_nothing(desk, tmp_path):
    path = write(tmp_path, HEAD + PRINTER + PRINTER.replace("4711", ""))
    assert fates(take(desk, path)) == [Taken.NEW_TICKET, Taken.NEW_TICKET]
    before = all_tickets(desk)
    assert fates(take(desk, path)) == [Taken.KNOWN, Taken.KNOWN]
    assert all_tickets(desk) == before


def test_a_ticket_that_moved_on_over_there_is_known_again_by_its_words(desk, tmp_path):
    take(desk, write(tmp_path, HEAD + PRINTER))
    later = PRINTER.replace("On hold", "Closed").replace("Jane Miller", "")
    assert fates(take(desk, write(tmp_path, HEAD + later, "later.csv"))) == [Taken.KNOWN]


def test_rows_that_are_the_same_and_have_no_number_are_as_many_tickets(desk, tmp_path):
    path = write(tmp_path, "Subject,From Email\nPassword,a@b.example\nPassword,a@b.example\n")
    assert fates(take(desk, path)) == [Taken.NEW_TICKET] * 2
    assert fates(take(desk, path)) == [Taken.KNOWN] * 2
    assert fates(take(desk, path, after="1")) == [Taken.KNOWN]


def test_a_row_twice_in_a_table_with_numbers_is_one_ticket(desk, tmp_path):
    path = write(tmp_path, HEAD + PRINTER + PRINTER)
    assert fates(take(desk, path)) == [Taken.NEW_TICKET, Taken.KNOWN]


def test_a_number_that_is_taken_gives_way_and_nothing_is_lost(desk, reader, tmp_path):
    path = write(tmp_path, HEAD + PRINTER.replace("4711", "100020"))
    [outcome] = take(desk, path)
    assert reader.ticket(outcome.ticket).number not in {"100020", None}
    page = reader.page(outcome.ticket, agent="jane", entries=1)
    assert page.events[0].comment.endswith("100020")


def test_numbers_of_the_desk_itself_step_over_those_that_were_brought(desk, reader, tmp_path):
    unit = desk.unit()
    with unit:
        following = int(unit.next_number())  # not committed: it is given again
    rows = [PRINTER.replace("4711", str(following + n)) for n in (0, 1, 3)]
    take(desk, write(tmp_path, HEAD + "".join(rows)))
    other = "Subject\nNumberless one\nNumberless two\n"
    found = take(desk, write(tmp_path, other, "b.csv"))
    numbers = [int(reader.ticket(outcome.ticket).number) for outcome in found]
    assert numbers == [following + 2, following + 4]


@pytest.mark.parametrize("number", ["no number", "x" * 500, "<b>1", "[#12]", "١٢"])
def test_what_no_subject_could_carry_is_no_number(desk, reader, tmp_path, number):
    [outcome] = take(desk, write(tmp_path, HEAD + PRINTER.replace("4711", f'"{number}"')))
    assert reader.ticket(outcome.ticket).number.isdigit()


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("On hold", "Pending", RowRefusal.UNKNOWN_STATUS),
        ("High", "P0", RowRefusal.UNKNOWN_PRIORITY),
        ("SysAdmins", "Space", RowRefusal.UNKNOWN_DEPARTMENT),
        ('""', "Coffee", RowRefusal.UNKNOWN_TOPIC),
        ("Jane Miller", "Jane Doe", RowRefusal.UNKNOWN_OWNER),
    ],
)
def test_a_name_that_this_desk_lacks_keeps_the_row_aside_once(
    desk, reader, tmp_path, old, new, reason
):
    good = PRINTER.replace("4711", "4712")
    path = write(tmp_path, HEAD + PRINTER.replace(old, new) + good)
    before = len(all_tickets(desk))
    for again in (Taken.NEW_TICKET, Taken.KNOWN):
        outcomes = take(desk, path)
        assert fates(outcomes) == [Taken.KEPT_ASIDE, again]
        assert (outcomes[0].reason, outcomes[0].detail) == (reason, new)
    assert len(all_tickets(desk)) == before + 1
    [kept] = reader.kept_aside(limit=9)
    assert (kept.origin, kept.reason, kept.detail) == (f"{path}#1", reason, new)


def test_a_row_that_was_kept_aside_is_a_table_that_can_be_put_right(desk, reader, tmp_path):
    take(desk, write(tmp_path, HEAD + PRINTER.replace("On hold", "Pending")))
    [kept] = reader.kept_aside(limit=9)
    text = desk.files.path(kept.sha256).read_bytes().replace(b"Pending", b"Open")
    [outcome] = take(desk, write(tmp_path, text, "mended.csv"))
    assert reader.ticket(outcome.ticket).number == "4711"


def test_broken_rows_are_kept_aside_as_they_are_and_the_rest_goes_on(desk, reader, tmp_path):
    path = write(tmp_path, 'Subject,Text\na,b,c\n,\n"",""\nopen,"never closed\nlast,good\n')
    outcomes = take(desk, path)
    assert fates(outcomes) == [Taken.KEPT_ASIDE, Taken.KEPT_ASIDE, Taken.NEW_TICKET]
    kept = desk.files.path(reader.kept_aside(limit=1)[0].sha256).read_text("utf-8-sig")
    assert kept.splitlines()[1] == 'open,"never closed'


def test_a_line_taken_off_the_list_is_gone(desk, reader, tmp_path):
    take(desk, write(tmp_path, "Subject,Text\na,b,c\n"))
    with desk.unit() as unit:
        unit.forget_aside(reader.kept_aside(limit=1)[0].id)
        unit.commit()
    assert reader.kept_aside(limit=1) == []


def test_teams_nobody_and_closed_tickets(desk, reader, tmp_path):
    rows = [
        PRINTER.replace("Jane Miller", "Network"),
        PRINTER.replace("Jane Miller", "Nobody").replace("4711", "4712"),
        PRINTER.replace("On hold", "Resolved").replace("4711", "4713"),
        PRINTER.replace("On hold", "Deleted").replace("4711", "4714"),
    ]
    outcomes = take(desk, write(tmp_path, HEAD + "".join(rows)))
    team, nobody, resolved, deleted = (reader.ticket(outcome.ticket) for outcome in outcomes)
    assert (team.team, team.owner) == ("network", None)
    assert not nobody.is_assigned
    assert (resolved.state, resolved.closed_at) == (State.CLOSED, resolved.created_at)
    assert (deleted.state, deleted.restore_to) == (State.DELETED, "open")


def test_people_without_an_address_are_one_person_by_name(desk, reader, tmp_path):
    path = write(tmp_path, "Subject,From\na,Ann\nb,Ann\nc,Bo\nd,\ne,\n")
    people = [reader.ticket(outcome.ticket).requester for outcome in take(desk, path)]
    assert people[0] == people[1] != people[2]
    assert people[3] == people[4]


def test_a_requester_learns_phone_and_organisation_but_forgets_none(desk, reader, tmp_path):
    take(desk, write(tmp_path, "Subject,Email,Phone\na,a@b.example,123\n"))
    path = write(tmp_path, "Subject,Email,Phone,Company\nb,a@b.example,456,Acme\n", "b.csv")
    [outcome] = take(desk, path)
    person = reader.requester(reader.ticket(outcome.ticket).requester)
    assert (person.phone, person.organisation) == ("123", "Acme")


def test_a_ticket_without_a_subject_is_called_by_its_first_line(desk, reader, tmp_path):
    [outcome] = take(desk, write(tmp_path, 'Text,Email\n"\n\nHello\nthere",a@b.example\n'))
    assert reader.ticket(outcome.ticket).subject == "Hello"


def test_nothing_of_a_subject_that_is_too_long_is_lost(desk, reader, tmp_path):
    [outcome] = take(desk, write(tmp_path, f"Subject,Text\n{'long ' * 900},and text\n"))
    page = reader.page(outcome.ticket, agent="jane", entries=1)
    assert len(page.ticket.subject) == 250
    assert page.entries[0].text == f"{'long ' * 899}long\n\nand text"


def test_what_the_program_fails_on_is_kept_aside_and_the_rest_goes_on(desk, reader, tmp_path):
    handle = desk.bus.handle
    fails = iter([ZeroDivisionError("ticket text")])

    def handle_but_the_first(command: Create):
        for error in fails:
            raise error
        return handle(command)

    desk.bus.handle = handle_but_the_first
    path = write(tmp_path, HEAD + PRINTER + PRINTER.replace("4711", "4712"))
    assert fates(take(desk, path)) == [Taken.KEPT_ASIDE, Taken.NEW_TICKET]
    fails = iter([ZeroDivisionError("ticket text")])
    for name in ("1", "2"):
        write(
            tmp_path, f"From: a@b.c\nMessage-ID: <{name}@x>\nSubject: one\n\nText\n", f"{name}.eml"
        )
    mails = desk.mails([tmp_path / "1.eml", tmp_path / "2.eml"])
    assert fates(list(desk.intake.take_all(mails.read()))) == [Taken.KEPT_ASIDE, Taken.NEW_TICKET]
    kept = reader.kept_aside(limit=9)
    assert [(one.reason, one.detail) for one in kept] == [("unexpected", "ZeroDivisionError")] * 2


@given(data=st.binary(max_size=400))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_taken_or_kept_aside(desk, tmp_path, data):
    for name in ("any.csv", "any.eml"):
        write(tmp_path, data, name)
    mails = list(desk.intake.take_all(desk.mails([tmp_path / "any.eml"]).read()))
    assert len(mails) == 1
    try:
        table = desk.table(tmp_path / "any.csv")
    except BadCsvError:
        return
    mapping = dict(zip(table.header, TicketField, strict=False))
    outcomes = list(desk.ticket_import.take_all(table.read(mapping)))
    assert all(outcome.reason != "unexpected" for outcome in [*outcomes, *mails])


def test_every_reason_to_keep_something_aside_has_a_sentence():
    for reason in (*BrokenReason, *BrokenRowReason, *RowRefusal, *RowOddityCode):
        said = aside_text(str(reason), "x")
        assert said.endswith("."), reason
    for problem in CsvProblem:
        assert "“t.csv”" in table_problem_text(BadCsvError(problem, "x"), "t.csv")
    for field in TicketField:
        assert ticket_field_name(field)


def test_a_date_ahead_of_the_clock_is_not_believed(desk, reader, tmp_path):
    [outcome] = take(desk, write(tmp_path, "Subject,Created\na,2199-01-01\n"))
    assert reader.ticket(outcome.ticket).created_at <= datetime.now(UTC)


@pytest.mark.parametrize(
    ("data", "subject"),
    [
        ("\ufeffBetreff;Absender\r\nTür; Zoë\r\n".encode(), "Tür"),
        ("Betreff;Absender\r\nTür;Zoë\r\n".encode("latin-1"), "Tür"),
        ("\ufeffBetreff\tAbsender\r\nTür\tZoë\r\n".encode("utf-16"), "Tür"),
    ],
)
def test_tables_as_german_spreadsheets_write_them(desk, reader, tmp_path, data, subject):
    [outcome] = take(desk, write(tmp_path, data))
    assert reader.ticket(outcome.ticket).subject == subject


# --- before anything is taken in ---------------------------------------------------------------


def test_looking_tells_what_would_be_kept_aside_and_writes_nothing(desk, reader, tmp_path):
    rows = PRINTER.replace("On hold", "Pending") * 3 + PRINTER.replace("2026-01-20", "01/02/2026")
    table = desk.table(write(tmp_path, HEAD + rows + "x\n" + "," * 20 + "y\n"))
    before = all_tickets(desk)
    noted = {n.code: n for n in look(table.read(table.proposed), reader.directory())}
    assert noted["unknown_status"].rows == 3
    assert noted["unknown_status"].field is TicketField.STATUS
    assert noted["unknown_status"].example == "Pending"
    assert noted["unknown_status"].refuses
    assert noted["ambiguous_date"].field is TicketField.CREATED
    assert not noted["ambiguous_date"].refuses
    assert noted["too_many_cells"].field is None
    assert all_tickets(desk) == before


def test_the_order_of_dates_is_taken_from_the_first_rows(desk, tmp_path):
    table = desk.table(write(tmp_path, "Subject,Created\na,01/02/2026\nb,13/02/2026\n"))
    assert table.date_order(table.proposed) is DateOrder.DAY_FIRST
    assert table.date_order({}) is None


def test_a_field_is_held_by_one_column_only():
    start = {"Title": TicketField.SUBJECT, "Body": TicketField.TEXT}
    assert mapped(start, "Body", TicketField.SUBJECT) == {"Body": TicketField.SUBJECT}
    assert mapped(start, "Title", None) == {"Body": TicketField.TEXT}


# --- stopped, resumed, broken off --------------------------------------------------------------


def run_of(desk: OpenDesk, path: Path) -> ImportRun:
    table = desk.table(path)
    source = ImportSource(name=path.name, paths=(str(path),), columns=table.proposed)
    begun = begin(desk, source, table.total_bytes)
    return ImportRun(desk, begun, lambda after: table.read(table.proposed, None, after))


def finish(run: ImportRun) -> None:
    while run.fetch():
        assert run.take().error is None
    run.let_go()


@pytest.fixture(scope="module")
def numbered(tmp_path_factory) -> Path:
    rows = "".join(f"{n},Ticket {n}\n" if n % 3 else ",Same\n" for n in range(3 * BATCH))
    return write(tmp_path_factory.mktemp("csv"), "Id,Subject\n" + rows)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stops=st.lists(st.integers(0, 2), max_size=4))
def test_however_often_it_is_stopped_every_row_is_taken_once(
    tmp_path_factory, demo_folder, numbered, stops
):
    import shutil

    folder = shutil.copytree(demo_folder, tmp_path_factory.mktemp("stop") / "desk")
    desk = OpenDesk(folder)
    before = len(all_tickets(desk))
    run = run_of(desk, numbered)
    for goes in stops:
        for _ in range(goes):
            run.fetch()
            run.take()
        run.fetch()
        run.stop()
        assert run.take().outcomes == ()
        run.let_go()
        run.resume()
    finish(run)
    assert run.counted == {Taken.NEW_TICKET: 3 * BATCH}
    assert run.done_bytes == run.total_bytes
    again = run_of(desk, numbered)
    finish(again)
    assert again.counted == {Taken.KNOWN: 3 * BATCH}
    assert len(all_tickets(desk)) == before + 3 * BATCH
    desk.close()


def test_stopping_takes_effect_between_two_rows(desk, numbered):
    run = run_of(desk, numbered)
    handle = desk.bus.handle

    def handle_and_stop(command: Create):
        run.stop()
        return handle(command)

    desk.bus.handle = handle_and_stop
    assert run.fetch()
    assert len(run.take().outcomes) == 1
    assert run.position == "1"


def test_what_was_taken_before_the_disk_was_full_is_told_and_the_rest_waits(desk, numbered):
    run = run_of(desk, numbered)
    handle = desk.bus.handle
    room = iter(range(2))

    def handle_while_there_is_room(command: Create):
        if next(room, None) is None:
            raise DiskFullError(path="desk")
        return handle(command)

    desk.bus.handle = handle_while_there_is_room
    run.fetch()
    batch = run.take()
    assert isinstance(batch.error, DiskFullError)
    assert batch.changes.tickets == {outcome.ticket for outcome in batch.outcomes}
    assert len(batch.outcomes) == 2
    desk.bus.handle = handle
    run.let_go()
    finish(run)
    assert run.counted == {Taken.NEW_TICKET: 3 * BATCH}


def test_a_mailbox_is_gone_on_with_where_it_was_stopped(desk, tmp_path):
    mails = [
        f"From a@b.c Mon Nov  2 09:00:00 2026\nFrom: a@b.c\nMessage-ID: <{n}@x>\nSubject: {n}\n\n"
        f"Text {n}\n\n"
        for n in range(3)
    ]
    source = desk.mails([write(tmp_path, "".join(mails), "a.mbox")])
    begun = begin(desk, ImportSource(name="a.mbox", paths=("a.mbox",)), source.total_bytes)
    run = ImportRun(desk, begun, source.read)
    parse = desk.intake._parse
    desk.intake._parse = lambda data, at: (run.stop(), parse(data, at))[1]
    run.fetch()
    assert len(run.take().outcomes) == 1
    run.let_go()
    run.resume()
    desk.intake._parse = parse
    finish(run)
    assert run.counted == {Taken.NEW_TICKET: 3}


def test_two_programs_that_take_the_same_mail_make_one_ticket(desk, tmp_path):
    mail = write(tmp_path, "From: a@b.c\nMessage-ID: <1@x>\nSubject: one\n\nText\n", "a.eml")
    handle = desk.bus.handle

    def handle_behind_another(command: Create):
        desk.bus.handle = handle
        assert fates(list(OpenDesk(desk.path).intake.take_all(desk.mails([mail]).read()))) == [
            Taken.NEW_TICKET
        ]
        return handle(command)

    desk.bus.handle = handle_behind_another
    before = len(all_tickets(desk))
    assert fates(list(desk.intake.take_all(desk.mails([mail]).read()))) == [Taken.KNOWN]
    assert len(all_tickets(desk)) == before + 1


def test_a_fresh_desk_takes_a_table_too(tmp_path):
    make_demo(tmp_path / "desk")
    desk = OpenDesk(tmp_path / "desk")
    assert fates(take(desk, write(tmp_path, HEAD + PRINTER))) == [Taken.NEW_TICKET]
    desk.close()

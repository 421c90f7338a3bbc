"""Mails in files, mailboxes and folders: all of them, one at a time, and the files untouched."""

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk_app.domain.mail import BrokenReason, RawMail, SourceProblem
from desk_app.system import mail_files
from desk_app.system.mail_files import MailSource

FROM = b"From ann@example.org Mon Nov 23 10:00:00 2026\n"


def write(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def box(*mails, ending=b"\n"):
    data = b"".join(FROM + mail + b"\n\n" for mail in mails)
    return data.replace(b"\n", ending)


def datas(source, after=None):
    return [item.data for item in source.read(after) if isinstance(item, RawMail)]


def test_a_folder_gives_its_mails_in_the_order_of_their_paths(tmp_path):
    write(tmp_path / "b.eml", b"b")
    write(tmp_path / "a" / "deep" / "x.EML", b"x")
    write(tmp_path / "inbox", box(b"1", b"2"))
    write(tmp_path / "c.mbox", box(b"3"))
    write(tmp_path / "d.mbx", box(b"4"))
    write(tmp_path / "notes", b"no mails")
    write(tmp_path / "notes.txt", FROM)
    write(tmp_path / ".hidden.eml", b"h")
    write(tmp_path / ".git" / "y.eml", b"y")
    source = MailSource([tmp_path])
    items = list(source.read())
    assert [Path(item.origin).name for item in items] == [
        "x.EML",
        "b.eml",
        "c.mbox#1",
        "d.mbx#1",
        "inbox#1",
        "inbox#2",
    ]
    assert [item.data for item in items] == [b"x", b"b", b"3\n", b"4\n", b"1\n", b"2\n"]
    assert items[-1].done_bytes == source.total_bytes
    done = [item.done_bytes for item in items]
    assert done == sorted(done)


def test_a_file_named_by_the_user_is_taken_whatever_its_name(tmp_path):
    mail = write(tmp_path / "saved.txt", b"From: a@b.c\n\nhi")
    mailbox = write(tmp_path / ".archive.old", box(b"1", b"2"))
    assert sorted(datas(MailSource([mail, mailbox, mail]))) == [
        b"1\n",
        b"2\n",
        b"From: a@b.c\n\nhi",
    ]


@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_a_mailbox_is_split_at_its_envelope_lines_only(tmp_path, ending):
    body = (
        b"Subject: x\n\nFrom here on it is text, at 10:00 sharp.\n\nFrom here too\n"
        b">From the start\n>>From it\nX" + FROM + b"\n\n"
    )
    path = write(tmp_path / "a.mbox", box(body, b"Subject: y", ending=ending))
    first, second = datas(MailSource([path]))
    assert first == body.replace(b">From", b"From").replace(b"\n", ending) + ending
    assert second == b"Subject: y" + ending


def test_a_mailbox_without_an_end_or_with_nothing_in_it(tmp_path):
    assert datas(MailSource([write(tmp_path / "a.mbox", FROM + b"Subject: x")])) == [b"Subject: x"]
    assert list(MailSource([write(tmp_path / "b.mbox", b"")]).read()) == []


def test_an_archive_without_blank_lines_is_split_where_a_mail_begins(tmp_path):
    mail = b"From: a@b.c\nSubject: hi\n\nFrom here on\n" + FROM + b"is no envelope\n"
    path = write(tmp_path / "list.mbox", FROM + mail + FROM + mail)
    assert datas(MailSource([path])) == [mail, mail]
    first = next(iter(MailSource([path]).read()))
    assert datas(MailSource([path]), first.position) == [mail]


def test_blank_lines_before_the_first_envelope_are_no_trouble(tmp_path):
    path = write(tmp_path / "late.mbox", b"\n\r\n" + box(b"1", b"2"))
    assert datas(MailSource([path])) == [b"1\n", b"2\n"]


def test_a_single_mail_that_is_called_a_mailbox_is_one_mail(tmp_path):
    mail = b"Return-Path: <a@b.c>\nFrom: a@b.c\n\nhi"
    path = write(tmp_path / "one.mbox", mail)
    assert datas(MailSource([path])) == [mail]


def test_reading_goes_on_from_any_position(tmp_path):
    write(tmp_path / "a.eml", b"0")
    write(tmp_path / "b.mbox", box(b"1", b"2", b"3"))
    write(tmp_path / "c ä#:1.eml", b"4")
    write(tmp_path / "d.mbox", b"no mailbox")
    items = list(MailSource([tmp_path]).read())
    assert len(items) == 6
    for at, item in enumerate(items):
        assert list(MailSource([tmp_path]).read(item.position)) == items[at + 1 :]


def test_a_file_that_came_or_went_does_not_disturb_the_position(tmp_path):
    for name in ("b.eml", "d.eml", "f.eml"):
        write(tmp_path / name, name.encode())
    position = list(MailSource([tmp_path]).read())[1].position
    (tmp_path / "d.eml").unlink()
    write(tmp_path / "a.eml", b"a.eml")
    write(tmp_path / "e.eml", b"e.eml")
    assert datas(MailSource([tmp_path]), position) == [b"e.eml", b"f.eml"]


def test_a_mailbox_that_changed_under_the_position_is_read_again(tmp_path):
    path = write(tmp_path / "a.mbox", box(b"1", b"2", b"3"))
    position = list(MailSource([path]).read())[1].position
    path.write_bytes(box(b"1", b"2", b"3", b"4"))
    assert datas(MailSource([path]), position) == [b"3\n", b"4\n"]
    for changed in (box(b"other"), box(b"a rather longer mail than the others were, by far" * 9)):
        path.write_bytes(changed)
        assert len(datas(MailSource([path]), position)) == 1


@pytest.mark.parametrize("token", ["", "x", "1:2", "-1:0:a", "1:a:b"])
def test_a_token_of_somebody_else_is_refused(tmp_path, token):
    with pytest.raises(ValueError, match="position"):
        list(MailSource([tmp_path]).read(token))


def test_what_is_no_mailbox_or_no_file_is_a_problem_and_the_rest_goes_on(tmp_path):
    write(tmp_path / "a.mbox", b"\x7fELF")
    good = write(tmp_path / "b.eml", b"b")
    missing = tmp_path / "missing.eml"
    items = list(MailSource([missing, tmp_path]).read())
    assert [(type(item), Path(item.origin).name) for item in items] == [
        (SourceProblem, "missing.eml"),
        (SourceProblem, "a.mbox"),
        (RawMail, "b.eml"),
    ]
    assert [item.reason for item in items[:2]] == [
        BrokenReason.UNREADABLE_FILE,
        BrokenReason.NOT_A_MAILBOX,
    ]
    assert items[2].data == good.read_bytes()


def test_a_file_that_vanishes_after_it_was_listed_is_a_problem(tmp_path):
    gone = write(tmp_path / "a.eml", b"a")
    write(tmp_path / "b.eml", b"b")
    source = MailSource([tmp_path])
    gone.unlink()
    problem, mail = source.read()
    assert (problem.reason, mail.data) == (BrokenReason.UNREADABLE_FILE, b"b")
    assert problem.detail


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.eml")
    os.mkfifo(tmp_path / "named")
    assert list(MailSource([tmp_path]).read()) == []
    [problem] = MailSource([tmp_path / "named"]).read()
    assert problem.detail == "not_a_file"


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_a_link_that_leads_in_circles_is_not_followed(tmp_path):
    write(tmp_path / "a.eml", b"a")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "dead.eml").symlink_to(tmp_path / "nowhere")
    problem, mail = MailSource([tmp_path]).read()
    assert Path(problem.origin).name == "dead.eml"
    assert mail.data == b"a"


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_a_name_that_is_no_text_can_be_stored_and_resumed(tmp_path):
    path = os.path.join(os.fsencode(tmp_path), b"caf\xe9.eml")  # noqa: PTH118
    try:
        with open(path, "wb") as stream:  # noqa: PTH123
            stream.write(b"x")
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    [mail] = MailSource([tmp_path]).read()
    mail.origin.encode("utf-8")
    mail.position.encode("utf-8")
    assert list(MailSource([tmp_path]).read(mail.position)) == []


def test_a_mail_over_the_limit_is_a_problem_and_not_kept_in_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(mail_files, "MAX_MAIL_BYTES", 20)
    path = write(tmp_path / "a.mbox", box(b"1", b"x\n" * 50, b"3"))
    write(tmp_path / "b.eml", b"y" * 21)
    items = list(MailSource([tmp_path]).read())
    assert [item.origin.rpartition("#")[2] for item in items[:3]] == ["1", "2", "3"]
    assert [getattr(item, "reason", None) for item in items] == [
        None,
        BrokenReason.TOO_LARGE,
        None,
        BrokenReason.TOO_LARGE,
    ]
    assert datas(MailSource([path]), items[1].position) == [b"3\n"]


def test_a_line_without_end_is_read_in_pieces(tmp_path, monkeypatch):
    monkeypatch.setattr(mail_files, "_LINE_BYTES", 64)
    body = b"Subject: x\n\n" + b"y" * 1000 + b"\n\n" + b"z" * 64 + FROM
    path = write(tmp_path / "a.mbox", box(body, b"2"))
    assert datas(MailSource([path])) == [body + b"\n", b"2\n"]


def test_the_source_is_neither_changed_nor_locked(tmp_path):
    path = write(tmp_path / "a.mbox", box(b"1", b"2"))
    before = path.read_bytes(), path.stat().st_mtime_ns
    path.chmod(stat.S_IREAD)
    assert len(datas(MailSource([tmp_path]))) == 2
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert [file.name for file in tmp_path.iterdir()] == ["a.mbox"]


LINES = st.sampled_from(
    [b"", b"x", b"From me", b">From me", b">>From me", FROM.strip(), b"-- ", b"\xff", b"a: b"]
)


@given(mails=st.lists(st.lists(LINES, max_size=8).map(b"\n".join), max_size=5))
def test_what_was_put_into_a_mailbox_comes_out(tmp_path_factory, mails):
    path = tmp_path_factory.mktemp("box") / "a.mbox"
    escaped = (
        FROM
        + b"".join(
            (b">" if line.lstrip(b">").startswith(b"From ") else b"") + line + b"\n"
            for line in mail.split(b"\n")
        )
        + b"\n"
        for mail in mails
    )
    path.write_bytes(b"".join(escaped))
    assert datas(MailSource([path])) == [mail + b"\n" for mail in mails]

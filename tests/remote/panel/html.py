"""The panel's pages: the shape that a client leans on, and words that it must not lean on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape

from tests.remote.panel.truth import (
    CANNED,
    DEPARTMENTS,
    FIELDS,
    PRIORITIES,
    PRIORITY_FIELD,
    SLAS,
    STATES,
    STATUSES,
    SUBJECT_FIELD,
    TEAMS,
    TO_CLOSE,
    TOPICS,
    Agent,
    Entry,
    File,
    Happened,
    Task,
    Ticket,
    Truth,
)

VERSION = "9ae093d"


@dataclass(frozen=True)
class Manner:
    """How an agent wants pages to look."""

    language: str = "en"
    relative: bool = False
    newest_first: bool = False
    lock_on_view: bool = False

    def shown(self, at: datetime | None) -> str:
        """A date for people: never the same twice, never to be read by a program."""
        if at is None:
            return ""
        if self.relative:
            return "a moment ago"
        form = {"en": "%m/%d/%y %I:%M\u202f%p", "de": "%d.%m.%y %H:%M"}.get(self.language)
        if form is not None:
            return at.strftime(form)
        digits = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
        return at.strftime("%d/%m/%Y %H:%M م").translate(digits)

    def word(self, english: str) -> str:
        words = {
            "de": {
                "Status": "Zustand",
                "None": "Keine",
                "posted": "schrieb",
                "current": "aktuell",
                "Phone": "Telefon",
            },
            "ar": {"Status": "الحالة", "None": "لا شيء", "posted": "كتب", "current": "الحالية"},
        }
        return words.get(self.language, {}).get(english, english)


def page(token: str, title: str, body: str, more: str = "") -> str:
    """`more`: further queues in its head."""
    return f"""<!DOCTYPE HTML><html><head><title>{escape(title)}</title>
<meta http-equiv="x-pjax-version" content="{VERSION}">
<meta name="csrf_token" content="{token}" /></head>
<body><nav id="customQ_nav"><ul id="sub_nav">
<li class="top-queue item"><a href="tickets.php?queue=1">Open</a>
<div><ul><li><a href="tickets.php?queue=2" title="Mine &amp; ours">Mine</a></li></ul></div></li>
<li class="top-queue item"><a href="tickets.php?queue=8">Closed</a></li>{more}</ul></nav>
{body}</body></html>"""


def login(token: str, words: str, *, code: bool = False) -> str:
    ask = (
        '<input type="hidden" name="do" value="2fa"><input type="text" name="5f1e2d" value="">'
        if code
        else '<input type="hidden" name="do" value="scplogin"><input type="text" name="userid">'
        '<input type="password" name="passwd">'
    )
    return f"""<html><body><h3 id="login-message">{escape(words)}</h3>
<form action="login.php" method="post" id="login">
<input type="hidden" name="__CSRFToken__" value="{token}">{ask}</form></body></html>"""


def queue(tickets: Iterable[Ticket], key: str) -> str:
    """`key`: number of a queue, or `adhoc,` and the key of a search."""
    rows = "".join(
        f'<tr><td><input type="checkbox" name="tids[]" value="{t.id}"></td>'
        f"<td>{escape(t.subject)}</td></tr>"
        for t in tickets
    )
    link = f'<a href="#tickets/export/{key}">Export</a>' if key else ""
    return f'<form id="tickets">{link}<table class="list">{rows}</table></form>'


# --- a ticket's page -----------------------------------------------------------------------


def ticket(truth: Truth, t: Ticket, agent: Agent, manner: Manner) -> str:
    rights = agent.rights
    inline = lambda what, words: (  # noqa: E731
        f'<a class="inline-edit" href="#tickets/{t.id}/field/{what}/edit">'
        f'<span id="field_{what}">{words}</span></a>'
        if "edit" in rights
        else f'<span id="field_{what}">{words}</span>'
    )
    staff = truth.agents[t.staff].name if t.staff else ""
    names = "/".join(name for name in (staff, TEAMS.get(t.team, "")) if name)
    assigned = escape(names) if names else '<span class="faded">&mdash; nobody &mdash;</span>'
    if t.is_open and "assign" in rights:
        assigned = f'<a href="#tickets/{t.id}/assign"><span id="field_assign">{assigned}</span></a>'
    status = escape(STATUSES.get(t.status, "Archived"))
    if "close" in rights:
        status = f'<a class="tickets-action" href="#statuses"> {status} </a>'
    priority = inline(PRIORITY_FIELD, PRIORITIES[t.priority])
    due = inline("duedate", manner.shown(t.due) or "&mdash;Empty&mdash;") if t.is_open else "then"
    sla = SLAS[t.sla][0] if t.sla else manner.word("None")
    topic = TOPICS.get(t.topic, manner.word("None"))
    source = inline("source", manner.word(t.source))
    late = '<span class="Icon overdueTicket">Late!</span>' if t.overdue else ""
    return f"""{_buttons(truth, t, agent)}<div id="msg_warning">{late}</div>
<div class="sticky bar"><div class="content"><h2><a href="tickets.php?id={t.id}" title="Reload">
 Ticket&nbsp;#{t.number}</a></h2></div></div>
<div class="clear tixTitle"><h3> {escape(t.subject)} </h3></div>
<table class="ticket_info"><tr><td><table>
<tr><th>{manner.word("Status")}:</th><td>{status}</td></tr>
<tr><th>Priority:</th><td>{priority}</td></tr>
<tr><th>Department:</th><td>{escape(DEPARTMENTS[t.dept])}</td></tr>
<tr><th>Created:</th><td>{manner.shown(t.created)}</td></tr></table></td><td><table>
<tr><th>User:</th><td><span id="user-{t.user.id}-name">{escape(t.user.name)}</span></td></tr>
<tr><th>Email:</th><td><span id="user-{t.user.id}-email">{escape(t.user.email)}</span></td></tr>
<tr><th>Source:</th><td>{source}</td></tr></table></td></tr></table>
<table class="ticket_info"><tr><td><table>
<tr><th>Assigned To:</th><td>{assigned}</td></tr>
<tr><th>SLA:</th><td>{inline("sla", escape(sla))}</td></tr>
<tr><th>Due:</th><td>{due}</td></tr></table></td><td><table>
<tr><th>Topic:</th><td>{inline("topic", escape(topic))}</td></tr>
<tr><th>Last:</th><td>{manner.shown(t.lastmessage)}</td></tr></table></td></tr></table>
{_answers(t, rights)}{_tabs(truth, t)}
<div id="ticket_thread">{_thread(t, manner)}</div>{_forms(t, agent, manner)}"""


def _buttons(truth: Truth, t: Ticket, agent: Agent) -> str:
    rights, found = (
        agent.rights,
        [f'<a id="ticket-print" href="tickets.php?id={t.id}&a=print">P</a>'],
    )

    def door(way: str, *, when: bool) -> None:
        if when:
            found.append(f'<a class="ticket-action" href="#tickets/{t.id}/{way}">do</a>')

    door("transfer", when="transfer" in rights)
    door("assign", when=t.is_open and "assign" in rights)
    door("claim", when=t.is_open and "assign" in rights and not t.staff)
    door("release", when=bool(t.staff or t.team) and "release" in rights)
    door("mark/unanswered", when=t.is_open and t.answered and "markanswered" in rights)
    door("mark/answered", when=t.is_open and not t.answered and "markanswered" in rights)
    found += _late_door(t, agent)
    door("referrals", when="refer" in rights)
    door("change-user", when="edit" in rights)
    door("status/delete", when="delete" in rights)
    if "reply" in rights and not t.merged:
        found.append(
            f'<a class="collaborators manage-collaborators" href="#thread/{t.id}0/collaborators/1">'
            "<i></i> who</a>"
        )
    merged = t.merged or any(one.merged for one in truth.children(t))
    if "link" in rights and not merged:
        found.append(f'<a href="#ajax.php/tickets/{t.id}/link">link</a>')
    if "merge" in rights and not t.parent:
        found.append(f'<a href="#ajax.php/tickets/{t.id}/merge">merge</a>')
    if "edit" in rights:
        found.append(f'<a href="tickets.php?id={t.id}&a=edit">edit</a>')
    if "close" in rights:
        ways = {"open": "reopen", "closed": "close"}
        found += [
            f'<a href="#tickets/{t.id}/status/{ways[STATES[key]]}/{key}"><i></i> {name}</a>'
            for key, name in STATUSES.items()
            if key != t.status
        ]
    return "".join(found)


def _late_door(t: Ticket, agent: Agent) -> list[str]:
    """A manager's alone, and of a form of the page itself."""
    may = t.is_open and t.dept in agent.manages and not t.overdue
    return ['<a class="confirm-action" id="ticket-overdue" href="#overdue">late</a>'] * may


def _answers(t: Ticket, rights: frozenset[str]) -> str:
    if not t.has_form:
        return ""
    rows = []
    for key, (label, choices) in FIELDS.items():
        value = choices.get(t.answers.get(key, ""), t.answers.get(key, ""))
        shown = escape(value) if value else "&mdash;Empty&mdash;"
        faded = "" if value else 'class="faded"'
        sign = '<i class="icon-warning-sign help-tip warning"></i>' if key in t.missing else ""
        if "edit" in rights:
            shown = (
                f'<a class="inline-edit"><span id="field_{key}" {faded}>{shown}</span>{sign}</a>'
            )
        rows.append(f'<tr><td>{label}:</td><td id="inline-answer-{key}">{shown}</td></tr>')
    return f'<table class="ticket_info custom-data"><tbody>{"".join(rows)}</tbody></table>'


def _tabs(truth: Truth, t: Ticket) -> str:
    tasks = f'(<span id="ticket-tasks-count">{len(t.tasks)}</span>)' if t.tasks else ""
    tied = t.parent or truth.children(t)
    relations = '<a href="#relations" id="ticket-relations-tab">Related</a>' if tied else ""
    return f'<a id="ticket-tasks-tab" href="#tasks">Tasks{tasks}</a>{relations}'


def _thread(t: Ticket, manner: Manner) -> str:
    items: list[tuple[datetime, str]] = [(e.at, _entry(e, manner)) for e in t.entries]
    items += [(e.at, event(e, manner)) for e in t.events]
    items.sort(key=lambda item: item[0], reverse=manner.newest_first)
    shown = {
        f.key.lower(): {"download_url": link(f), "filename": f.name}
        for e in t.entries
        for f in e.files
        if f.inline
    }
    body = "".join(item for _, item in items)
    return f"""<div id="ticketThread"><div id="thread-items" data-thread-id="{t.id}0">{body}</div>
</div><script>$('#x').data('imageUrls', {json.dumps(shown)});</script>"""


def _entry(entry: Entry, manner: Manner) -> str:
    files = "".join(
        f'<span class="attachment-info"><a class="no-pjax truncate filename" '
        f'href="{escape(link(f))}" download="{escape(f.name)}">{escape(f.name)}</a>'
        f'<small class="filesize faded">{len(f.data)} bytes</small></span>'
        for f in entry.files
        if not f.inline
    )
    attached = f'<div class="attachments">{files}</div>' if files else ""
    return f"""<div id="thread-entry-{entry.id}"><div class="thread-entry {entry.kind} avatar">
<span class="avatar"><img class="avatar" src="//pictures.example/{entry.id}"></span>
<div class="header"><div class="pull-right">{_menu(entry.id)}
 <span class="textra light">
 </span></div>
<b>{escape(entry.author)}</b> {manner.word("posted")}
<a name="entry-{entry.id}">{when(entry.at, manner)}</a>
<span class="faded title truncate">{escape(entry.title)}</span></div>
<div class="thread-body no-pjax"><div>{entry.html}</div><div class="clear"></div>{attached}</div>
</div></div>"""


def _menu(number: int) -> str:
    """What a person may do with an entry: a list that stands in every one, out of sight."""
    rows = "".join(
        f"""
                <li>
                    <a class="no-pjax" href="#" onclick="javascript:
                    show('ajax.php/entries/{number}/{way}', [201], function(answer) {{
                        if (!answer) return;
                        replace('#thread-entry-{number}', answer.entry, 'highlight', 500);
                    }}, {{size: 'large'}}); return false;">
                    <i class="icon-{icon}"></i> {way.title()} this entry</a></li>"""
        for way, icon in (("edit", "pencil"), ("resend", "reply-all"), ("copy", "plus"))
    )
    return f"""
        <span class="muted-button pull-right" data-dropdown="#entry-action-more-{number}">
            <i class="icon-caret-down"></i></span>
        <div id="entry-action-more-{number}" class="action-dropdown anchor-right">
            <ul class="title">{rows}
            </ul></div>"""


def event(happened: Happened, manner: Manner) -> str:
    return f"""<div class="thread-event action"><span class="type-icon">
<i class="faded icon-{happened.icon}"></i></span><span class="faded description">
<b><img class="avatar" src="//pictures.example/a">{escape(happened.actor)}</b>
{escape(happened.words)} {when(happened.at, manner)}{happened.html}</span></div>"""


def when(at: datetime, manner: Manner) -> str:
    relative = 'class="relative"' if manner.relative else ""
    return (
        f'<time {relative} datetime="{at.isoformat()}" title="{manner.shown(at)}">'
        f"{manner.shown(at)}</time>"
    )


def link(file: File) -> str:
    return f"/file.php?key={file.key}&expires=99&signature=s{file.id}&id={file.id}"


def _forms(t: Ticket, agent: Agent, manner: Manner) -> str:
    if t.merged:
        return ""
    own = t.lock is not None and t.lock.staff == agent.id
    number, code = (t.lock.id, t.lock.code) if own and t.lock is not None else ("", "")
    lock = f'data-lock-object-id="ticket/{t.id}" data-lock-id="{number}"'
    hidden = f'<input type="hidden" name="lockCode" value="{code}">'
    note = f'<form id="note" {lock}>{hidden}<textarea name="note"></textarea></form>'
    if "reply" not in agent.rights:
        return note
    banner = f'<div class="warning-banner">{escape(t.in_the_way)}</div>' if t.in_the_way else ""
    banner = banner if "close" in agent.rights else ""
    statuses = options(
        (k, f"{name} ({manner.word('current')})" if k == t.status else name, k == t.status)
        for k, name in STATUSES.items()
        if not banner or STATES[k] == "open"
    )
    marks = lambda user: (  # noqa: E731
        'class="disabled"' if user in t.muted else 'selected="selected" class="active"'
    )
    people = "".join(
        f'<option value="{u.id}" {marks(u.id)}>{escape(u.name)}</option>' for u in t.collaborators
    )
    canned = options((key, title, False) for key, title in CANNED.items())
    return f"""<form id="reply" {lock}>{hidden}
<select id="from_email_id" name="from_email_id"><option value="1" selected>desk</option></select>
<select id="collabselection" name="ccs[]" multiple>{people}</select>
<select id="cannedResp"><option value="0">-</option><option value="original">o</option>{canned}
</select>{banner}<select name="reply_status_id">{statuses}</select></form>{note}"""


# --- dialogs -------------------------------------------------------------------------------


def options(rows: Iterable[tuple[str, str, bool]]) -> str:
    return "".join(
        f'<option value="{k}"{" selected" if on else ""}>{escape(name)}</option>'
        for k, name, on in rows
    )


def choices(named: Mapping[str, str]) -> str:
    """A search field's dialog: first how to compare, then with what."""
    rows = options((k, v, False) for k, v in named.items())
    return (
        f'<select name="a1[]"><option value="includes">is</option></select>'
        f'<select name="b2[]">{rows}</select>'
    )


def refused(words: str) -> str:
    return f'<h3 class="drag-handle">Again</h3><p id="msg_error">{escape(words)}</p><form></form>'


def dialog(field: str) -> str:
    return f'<form><div class="custom-field">{field}</div><textarea name="c3"></textarea></form>'


def tasks(truth: Truth, t: Ticket, manner: Manner) -> str:
    rows = "".join(
        f'<tr id="{task.id}"><td></td><td><a href="#">{task.id}</a></td>'
        f"<td>{manner.shown(task.at)}</td>"
        f"<td>{'<strong>Open</strong>' if task.is_open else 'Closed'}</td>"
        f'<td><a href="#">{escape(task.title)}</a></td><td>Support</td>'
        f"<td>&nbsp;{truth.agents[task.staff].name if task.staff else ''}</td></tr>"
        for task in t.tasks
    )
    return f'<div id="tasks_content"><table><tbody class="tasks">{rows}</tbody></table></div>'


def task_view(task: Task, manner: Manner) -> str:
    entry = Entry(id=int(task.id), kind="message", at=task.at, author="x", html=task.html)
    events = "".join(event(one, manner) for one in task.events)
    return (
        f'<div id="task_thread_content"><div id="thread-items">{_entry(entry, manner)}{events}'
        "</div></div>"
    )


def relations(found: Iterable[Ticket]) -> str:
    rows = "".join(
        f'<tr><td></td><td><a href="tickets.php?id={t.id}">{t.number}</a></td></tr>' for t in found
    )
    return f'<form id="relations"><table><tbody class="tasks">{rows}</tbody></table></form>'


def referrals(truth: Truth, t: Ticket) -> str:
    icons = {"agent": "icon-user", "team": "icon-group", "dept": "icon-sitemap"}
    names = {
        "agent": {k: a.name for k, a in truth.agents.items()},
        "team": TEAMS,
        "dept": DEPARTMENTS,
    }
    rows = "".join(
        f'<tr><td><i class="{icons[kind]}"></i> {escape(names[kind][key])}</td><td><div>'
        f'<input type="hidden" name="referrals[]" value="{number}"/></div></td></tr>'
        for number, kind, key in t.referrals
    )
    return f'<input type="hidden" name="do" value="manage"><table>{rows}</table>'


def field_dialog(t: Ticket, number: str, mark: str) -> str | None:
    """None: there is no such field."""
    if number == SUBJECT_FIELD:
        return dialog(f'<input type="text" name="d4" value="{escape(t.subject)}">')
    if number == "21":
        return dialog('<textarea name="d5"></textarea>')
    if number not in FIELDS or not t.has_form:
        return None
    _, chosen = FIELDS[number]
    if chosen:
        rows = options((k, v, k == t.answers.get(number)) for k, v in chosen.items())
        return dialog(
            f'<select name="f{number}{mark}[]"><option value="">-</option>{rows}</select>'
        )
    value = escape(t.answers.get(number, ""))
    return dialog(f'<input type="text" name="f{number}{mark}" value="{value}">')


def forms(t: Ticket) -> str:
    """Which forms stand in a ticket, and which can be added to it."""
    there = ["2", *(["5"] if t.has_form else [])]
    rows = "".join(f'<input type="hidden" name="forms[]" value="{key}">' for key in there)
    more = "" if t.has_form else '<option value="5"> Hardware details </option>'
    add = f'<select name="new-form"><option disabled>Add</option>{more}</select>'
    return f'<form method="post">{rows}{add}</form>'


def new_ticket(agent: Agent, truth: Truth) -> str:
    slas = options((k, f"{n} ({h} hours - Active)", False) for k, (n, h) in SLAS.items())
    topics = options((k, v, False) for k, v in TOPICS.items())
    canned = options((k, v, False) for k, v in CANNED.items())
    return f"""<form><select name="topicId"><option value="">-</option>{topics}</select>
<select name="slaId"><option value="0">-</option>{slas}</select>
<select id="cannedResp"><option value="0">-</option>{canned}</select></form>"""


def profile(agent: Agent) -> str:
    first, _, last = agent.name.partition(" ")
    return f"""<form><input type="hidden" name="id" value="{agent.id}">
<input name="firstname" value="{first}"><input name="lastname" value="{last}">
<input name="email" value="{agent.user}@demo.example"></form>"""


def directory(truth: Truth) -> str:
    rows = "".join(
        f'<tr id="{a.id}"><td>&nbsp;{a.name}</td><td>&nbsp;{DEPARTMENTS[a.home]}</td>'
        f"<td>&nbsp;{a.user}@demo.example</td></tr>"
        for a in truth.agents.values()
    )
    return f'<table class="list"><tbody>{rows}</tbody></table>'


def topic_form(topic: str, mark: str) -> str:
    rows = (
        '<tr><td class="multi-line required">Issue Summary:</td>'
        '<td><input type="text" name="q0"><span class="error">*</span></td></tr>'
    )
    if topic == "13":
        for key, (label, chosen) in FIELDS.items():
            rows_ = options((k, v, False) for k, v in chosen.items())
            ask = (
                f'<select name="q{key}{mark}[]">{rows_}</select>'
                if chosen
                else f'<input type="text" name="q{key}{mark}">'
            )
            must = "required" if key in TO_CLOSE else ""
            rows += f'<tr><td class="multi-line {must}">{label}:</td><td>{ask}</td></tr>'
    return rows


def search_dialog() -> str:
    rows = "".join(
        f'<option value="entries__answers!{key}__value">Hardware details / {label}</option>'
        for key, (label, _) in FIELDS.items()
    )
    return f"<select>{rows}</select>"


def preview(truth: Truth, t: Ticket) -> str:
    """What the panel shows beside a pointer; it says who has the lock, also where it is oneself."""
    words = ""
    if t.lock is not None:
        name = escape(truth.agents[t.lock.staff].name)
        words = f'<div id="msg_warning"><span class="Icon lockedTicket">Gesperrt von {name}</span>'
        words += "</div>"
    return f'<div id="t{t.number}"><h2>{escape(t.subject)}</h2>{words}</div>'

"""Debian's own Request Tracker in a folder of its own, on a free port, with a few people in it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from typing import Any

import requests

import desk_app.remote.http  # noqa: F401 - its urllib3 writes no line for each try

SERVER = Path("/usr/share/request-tracker5/libexec/rt-server")
SETUP = "rt-setup-database-5"
WORKERS = 3
AGENT_RIGHTS = (
    "SeeQueue ShowTicket ShowTicketComments CreateTicket ReplyToTicket CommentOnTicket OwnTicket "
    "TakeTicket ModifyTicket SeeCustomField ModifyCustomField"
)
LEAD_RIGHTS = f"{AGENT_RIGHTS} ReassignTicket StealTicket DeleteTicket"
SEED = """
@Queues = map {{ {{ Name => $_, Lifecycle => 'default' }} }} qw(Support Sales Secret);
push @Queues, {{ Name => 'Repairs', Lifecycle => 'repairs' }};
@Users = (
  (map {{ {{ Name => $_, Password => "$_-password", Privileged => 1,
            EmailAddress => "$_\\@desk.test", RealName => ucfirst($_) . ' Agent' }} }}
       qw(sam ann lea)),
  {{ Name => 'una', Password => 'una-password', Privileged => 0, EmailAddress => 'una@out.test',
     RealName => 'Una User' }},
);
@Groups = (
  {{ Domain => 'UserDefined', Name => 'Agents', Members => {{ Users => ['sam', 'ann'] }} }},
  {{ Domain => 'UserDefined', Name => 'Leads', Members => {{ Users => ['lea'] }} }},
);
@CustomFields = (
  {{ Name => 'Room', Type => 'FreeformSingle', Queue => ['Support'] }},
  {{ Name => 'Colour', Type => 'SelectSingle', Queue => ['Support'],
     Values => [{{ Name => 'red' }}, {{ Name => 'blue' }}] }},
  {{ Name => 'Tags', Type => 'FreeformMultiple', Queue => ['Support'] }},
);
for my $queue (qw(Support Sales Repairs)) {{
  push @ACL, map {{ {{ GroupDomain => 'UserDefined', GroupId => 'Agents', Queue => $queue,
                      Right => $_ }} }} qw({agent});
  push @ACL, map {{ {{ GroupDomain => 'UserDefined', GroupId => 'Leads', Queue => $queue,
                      Right => $_ }} }} qw({lead});
}}
push @ACL, {{ GroupDomain => 'UserDefined', GroupId => 'Leads', Right => 'SeeGroup' }};
push @ACL, {{ GroupDomain => 'SystemInternal', GroupType => 'Privileged',
             Right => 'SeeCustomField' }};
push @ACL, map {{ {{ GroupDomain => 'RT::System-Role', GroupType => 'Requestor', Right => $_ }} }}
  qw(ShowTicket ReplyToTicket);
1;
"""
CONFIG = """
Set($rtname, 'desk.test'); Set($Organization, 'desk.test');
Set($WebDomain, '127.0.0.1'); Set($WebPort, {port}); Set($WebPath, '');
Set($WebBaseURL, 'http://127.0.0.1:{port}');
Set($DatabaseType, 'SQLite'); Set($DatabaseName, '{folder}/rt.sqlite');
Set($MailCommand, 'testfile'); Set($Timezone, 'UTC');
Set(%Lifecycles, repairs => {{
  initial => ['new'], active => ['open', 'waiting for parts'], inactive => ['done', 'deleted'],
  defaults => {{ on_create => 'new' }},
  transitions => {{
    '' => ['new'], new => ['open', 'deleted'], open => ['waiting for parts', 'done', 'deleted'],
    'waiting for parts' => ['open', 'done'], done => ['open'], deleted => ['new'],
  }},
  rights => {{ '* -> deleted' => 'DeleteTicket', '* -> *' => 'ModifyTicket' }},
  actions => ['* -> open' => {{ label => 'Go on' }}, 'open -> done' => {{ label => 'Done' }},
    'open -> waiting for parts' => {{ label => 'Wait' }},
    'waiting for parts -> done' => {{ label => 'Done' }}],
}});
Set($LogToSTDERR, 'warning'); Set($LogToSyslog, undef);
1;
"""
TOKEN = """
use lib '/usr/share/request-tracker5/lib'; use RT; RT::LoadConfig(); RT::Init();
use RT::AuthToken; my $user = RT::CurrentUser->new; $user->Load($ARGV[0]);
my ($ok, $said, $token) = RT::AuthToken->new(RT->SystemUser)->Create(
  Owner => $user->id, Description => 'desk');
print $token;
"""


def missing() -> str:
    """What this machine lacks; '' if nothing."""
    if not SERVER.exists():
        return "request-tracker5 rt5-standalone rt5-db-sqlite"
    return "" if shutil.which(SETUP) or Path("/usr/sbin", SETUP).exists() else SETUP


class RealRt:
    """A server that can be stopped, killed and started again; its folder stays."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        (folder / "empty").mkdir(parents=True)
        config = CONFIG.format(port=self.port, folder=folder)
        (folder / "RT_SiteConfig.pm").write_text(config)
        (folder / "seed.pm").write_text(SEED.format(agent=AGENT_RIGHTS, lead=LEAD_RIGHTS))
        (folder / "token.pl").write_text(TOKEN)
        self._environment = {
            **os.environ,
            "PATH": os.environ["PATH"] + os.pathsep + "/usr/sbin",
            "RT_SITE_CONFIG": str(folder / "RT_SiteConfig.pm"),
            "RT_SITE_CONFIG_DIR": str(folder / "empty"),
            "TMPDIR": str(folder),
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._run(SETUP, "--action", "init", "--skip-create")
        self.insert(folder / "seed.pm")
        self.start()

    def insert(self, seed: Path) -> None:
        """Add what a file names, also to a server that runs."""
        self._run(SETUP, "--action", "insert", "--datafile", str(seed))

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            command, env=self._environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self) -> None:
        """Begin to serve; back when it answers."""
        command = ["perl", str(SERVER), "--server", "Starlet", "--host", "127.0.0.1"]
        command += ["--port", str(self.port), "--max-workers", str(WORKERS)]
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                command, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )
        answers = requests.Session()
        answers.mount("http://", _patient())
        answers.get(self.url + "/REST/2.0/rt", timeout=60)  # 401 is an answer too
        answers.close()

    def kill(self) -> None:
        """End it and its workers wherever they are."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def token(self, user: str) -> str:
        """A new token of a user."""
        return self._run("perl", str(self.folder / "token.pl"), user).strip()


def _patient() -> requests.adapters.HTTPAdapter:
    """Asks again until somebody listens."""
    from urllib3.util import Retry

    return requests.adapters.HTTPAdapter(
        max_retries=Retry(total=None, connect=60, backoff_factor=0.1, backoff_max=0.5)
    )


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


class Person:
    """Somebody who uses RT by its REST interface, without any code of this program."""

    def __init__(self, rt: RealRt, name: str, password: str = "") -> None:
        self.name = name
        self._root = rt.url + "/REST/2.0"
        self._session = requests.Session()
        form = {"user": name, "pass": password or f"{name}-password"}
        self._session.post(rt.url + "/NoAuth/Login.html", data=form, timeout=60)

    def get(self, path: str, **params: Any) -> Any:
        answer = self._session.get(self._root + path, params=params, timeout=60)
        assert answer.ok, answer.text
        return answer.json()

    def put(self, path: str, **body: Any) -> Any:
        answer = self._session.put(self._root + path, json=body, timeout=60)
        assert answer.ok, answer.text
        return answer.json()

    def post(self, path: str, **body: Any) -> requests.Response:
        answer = self._session.post(self._root + path, json=body, timeout=60)
        assert answer.ok, answer.text
        return answer

    def make(self, subject: str, **more: Any) -> str:
        body = {
            "Queue": "Support",
            "Subject": subject,
            "Requestor": "una@out.test",
            "Content": f"{subject} is broken",
            "ContentType": "text/plain",
        }
        return str(self.post("/ticket", **{**body, **more}).json()["id"])

    def make_many(self, subjects: list[str]) -> list[str]:
        """Tickets in one request, of nobody: so no mail is written for each."""
        body = [{"Queue": "Support", "Subject": one, "Content": one} for one in subjects]
        answer = self._session.post(self._root + "/tickets/bulk", json=body, timeout=60)
        assert answer.ok, answer.text
        return [str(made["id"]) for made in answer.json()]

    def close_all(self) -> None:
        """Resolve every open ticket that is in a queue with that status."""
        query = "Status = '__Active__' AND Lifecycle = 'default'"
        items = self.get("/tickets", query=query, per_page=100)["items"]
        body = [{"id": item["id"], "Status": "resolved"} for item in items]
        answer = self._session.put(self._root + "/tickets/bulk", json=body, timeout=60)
        assert answer.ok, answer.text

    def write(self, ticket: str, words: str, how: str = "correspond") -> str:
        made = self.post(f"/ticket/{ticket}/{how}", Content=words, ContentType="text/plain")
        return made.headers["Location"].rpartition("/")[2]

    def history(self, ticket: str) -> list[dict[str, Any]]:
        """All of it, oldest first, each page as RT gives it."""
        fields = "Type,Creator,Created,Field,OldValue,NewValue,_hyperlinks"
        found: list[dict[str, Any]] = []
        page = 1
        while True:
            rows = self.get(f"/ticket/{ticket}/history", fields=fields, per_page=100, page=page)[
                "items"
            ]
            found += rows
            if not rows:
                return sorted(found, key=lambda row: int(row["id"]))
            page += 1

    def close(self) -> None:
        self._session.close()

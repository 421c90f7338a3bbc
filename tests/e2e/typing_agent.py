"""A child process that types, records and undoes until it is killed; says what it was promised."""

import sys
from pathlib import Path

from desk_app.bootstrap import OpenDesk
from desk_app.domain.draft import Draft, DraftKey, DraftKind
from desk_app.services.writing import Writing


def run(path: Path) -> None:
    desk = OpenDesk(path)
    reader = desk.reader()
    ticket = reader.ticket(reader.find_ticket("100020"))
    directory = reader.directory()
    agent = directory.agents["jane"]
    requester = reader.requester(ticket.requester)
    key = DraftKey(ticket=ticket.id, kind=DraftKind.REPLY)
    for round_ in range(5):
        text = f"round {round_}: the quick brown fox"
        for end in range(1, len(text), 7):
            desk.drafts.save(Draft(key=key, html=text[:end], text=text[:end]))
            print(f"draft {text[:end]}", flush=True)
        file = desk.files.add(f"file {round_}".encode(), name="log.txt", mime_type="text/plain")
        writing = Writing(desk, directory, agent, ticket)
        command = writing.reply(f"<p>{text}</p>", requester, attachments=(file,))
        done = desk.bus.handle(command, closes=key)
        print(f"reply {command.id}", flush=True)
        if round_ % 2:
            desk.bus.undo(done.event, "jane")
            print(f"undo {command.id}", flush=True)


if __name__ == "__main__":
    run(Path(sys.argv[1]))

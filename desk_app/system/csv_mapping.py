"""Guesses what the columns of another help desk's export hold."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

from desk_app.domain.intake import TicketField

# Headings of osTicket, Zendesk, RT, Freshdesk, Jira, OTRS and plain English first, then German,
# French, Spanish, Italian, Dutch, Portuguese. The first heading that is there wins its field, so
# the better one stands first: `Due Date` was set by a person, `SLA Due Date` by a rule.
SYNONYMS: Mapping[TicketField, Sequence[str]] = {
    TicketField.NUMBER: (
        *("ticket number", "ticket no", "ticket #", "ticket id", "number", "id", "#", "issue key"),
        *("case number", "ticketnummer", "ticket nr", "nummer", "nr", "vorgangsnummer"),
        *("numéro du ticket", "numéro", "número de ticket", "número", "numero ticket", "numero"),
        *("número do chamado", "ticket"),
    ),
    TicketField.SUBJECT: (
        *("subject", "title", "summary", "issue summary", "betreff", "titel", "thema", "sujet"),
        *("objet", "titre", "asunto", "título", "oggetto", "titolo", "onderwerp", "assunto"),
    ),
    TicketField.REQUESTER_EMAIL: (
        *("from email", "requester email", "requestor email", "requesters email", "requestors"),
        *("customer email", "contact email", "user email", "email address", "e-mail address"),
        *("email", "e-mail", "mail", "e-mail-adresse", "absender e-mail", "kunden e-mail"),
        *("adresse e-mail", "adresse électronique", "courriel", "correo electrónico", "correo"),
        *("indirizzo e-mail", "e-mailadres", "endereço de e-mail"),
    ),
    TicketField.REQUESTER_NAME: (
        *("from", "from name", "requester", "requester name", "requestor", "requestor name"),
        *("customer", "customer name", "contact", "full name", "user", "name", "reporter"),
        *("absender", "kunde", "kundenname", "melder", "anfragender", "demandeur", "client"),
        *("nom", "solicitante", "cliente", "nombre", "richiedente", "nome", "aanvrager", "klant"),
        *("requerente",),
    ),
    TicketField.TEXT: (
        *("description", "issue details", "text", "message", "body", "content", "details"),
        *("comment", "beschreibung", "nachricht", "inhalt", "texte", "descripción", "mensaje"),
        *("descrizione", "messaggio", "omschrijving", "bericht", "descrição", "mensagem"),
    ),
    TicketField.STATUS: (
        *("current status", "status", "ticket status", "state", "zustand", "statut", "état"),
        *("estado", "stato"),
    ),
    TicketField.PRIORITY: (
        *("priority", "urgency", "priorität", "dringlichkeit", "priorité", "prioridad"),
        *("priorità", "prioriteit", "prioridade"),
    ),
    TicketField.DEPARTMENT: (
        *("department", "queue", "group", "abteilung", "gruppe", "bereich", "département"),
        *("service", "departamento", "grupo", "dipartimento", "reparto", "afdeling", "fila"),
    ),
    TicketField.TOPIC: (
        *("help topic", "topic", "category", "ticket type", "type", "hilfethema", "kategorie"),
        *("typ", "rubrique d'aide", "catégorie", "tema de ayuda", "categoría", "argomento"),
        *("categoria", "onderwerp van hulp", "categorie"),
    ),
    TicketField.OWNER: (
        *("agent assigned", "assigned to", "assignee", "owner", "agent", "assigned agent"),
        *("zugewiesen an", "bearbeiter", "besitzer", "agent assigné", "assigné à"),
        *("propriétaire", "asignado a", "agente", "assegnato a", "toegewezen aan", "atribuído a"),
    ),
    TicketField.CREATED: (
        *("date created", "created", "created at", "created date", "creation date", "opened"),
        *("date", "erstellt", "erstellt am", "erstellungsdatum", "angelegt am", "datum"),
        *("date de création", "créé le", "fecha de creación", "creado", "fecha"),
        *("data di creazione", "creato il", "data", "aangemaakt", "aangemaakt op"),
        *("data de criação", "criado em"),
    ),
    TicketField.DUE: (
        *("due date", "due", "due at", "due by", "due by time", "sla due date", "deadline"),
        *("fällig", "fällig am", "fälligkeitsdatum", "frist", "échéance", "date d'échéance"),
        *("fecha de vencimiento", "vencimiento", "scadenza", "data di scadenza", "vervaldatum"),
        *("data de vencimento", "vencimento"),
    ),
    TicketField.SOURCE: (
        *("source", "via", "channel", "origin", "ticket source", "quelle", "kanal", "herkunft"),
        *("origine", "canal", "origen", "fuente", "fonte", "canale", "bron", "kanaal", "origem"),
    ),
    TicketField.ORGANISATION: (
        *("organization", "organisation", "company", "company name", "account", "firma"),
        *("unternehmen", "société", "entreprise", "empresa", "organización", "azienda"),
        *("organizzazione", "bedrijf", "organisatie", "organização"),
    ),
    TicketField.PHONE: (
        *("phone", "phone number", "telephone", "requester phone", "mobile", "telefon"),
        *("telefonnummer", "téléphone", "teléfono", "telefono", "telefoon", "telefone"),
    ),
}


def propose_mapping(header: Sequence[str]) -> dict[str, TicketField]:
    """Return for each column that is recognised the field it seems to hold, each field once."""
    columns: dict[str, str] = {}
    for column in header:
        columns.setdefault(_key(column), column)
    mapping: dict[str, TicketField] = {}
    for field, headings in SYNONYMS.items():
        names = (columns.get(_key(heading)) for heading in headings)
        best = next((name for name in names if name and name not in mapping), None)
        if best is not None:
            mapping[best] = field
    return {column: mapping[column] for column in header if column in mapping}


def _key(heading: str) -> str:
    """Return a heading without case, accents, blanks and marks; `#` alone stays."""
    plain = unicodedata.normalize("NFKD", heading).casefold()
    return "".join(char for char in plain if char.isalnum()) or plain.strip()

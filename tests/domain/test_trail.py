"""The quoted trail of an entry is found when it comes in, and found again when it is shown."""

import pytest

from desk_app.domain.trail import cleaned_mail, own_and_trail, plain_mail
from desk_app.system.html_clean import clean_html

GMAIL = (
    "<div>The charger is broken.</div><div class='gmail_quote'><div>On Mon, 5 Jan 2026 Ann wrote:"
    "</div><blockquote>Which part?<script>x</script></blockquote></div>"
)


def test_a_mail_is_stored_clean_with_its_trail_apart():
    stored = cleaned_mail(GMAIL, clean_html)
    own, trail = own_and_trail(stored, clean_html)
    assert own == "<div>The charger is broken.</div>"
    assert "Which part?" in trail
    assert "Ann wrote" in trail
    assert "script" not in stored


def test_a_trail_that_only_its_names_mark_is_found_when_it_comes_in():
    unnamed = "<div>Hello</div><div class='yahoo_quoted'><div>older words</div></div>"
    own, trail = own_and_trail(cleaned_mail(unnamed, clean_html), clean_html)
    assert (own, trail) == ("<div>Hello</div>", "<div><div>older words</div></div>")


def test_a_plain_mail_has_its_trail_apart():
    stored = plain_mail("Yes.\n\nOn 5 Jan 2026 Ann wrote:\n> Now?\n")
    own, trail = own_and_trail(stored, clean_html)
    assert own == "<p>Yes.</p>"
    assert "<blockquote>" in trail


def test_entries_stored_without_a_mark_are_looked_through():
    own, trail = own_and_trail(clean_html(GMAIL), clean_html)
    assert own.startswith("<div>The charger is broken.</div>")
    assert "Which part?" not in own
    assert trail == clean_html(trail)


@pytest.mark.parametrize("forged", ["<p>a</p><!--trail--><p>b</p>", "a &lt;!--trail--&gt; b"])
def test_no_mail_can_write_the_mark(forged):
    stored = cleaned_mail(forged, clean_html)
    assert own_and_trail(stored, clean_html) == (stored, "")


def test_a_mail_without_a_trail_is_whole():
    assert own_and_trail(plain_mail("Hello"), clean_html) == ("<p>Hello</p>", "")

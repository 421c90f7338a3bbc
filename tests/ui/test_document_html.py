"""What is typed comes back the same from its HTML, whatever it is."""

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QTextCursor, QTextDocument

from desk_app.ui.document_html import document_html
from desk_app.ui.views.rich_edit import RichEdit

TEXTS = st.text(
    st.characters(
        exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp"),
        exclude_characters="\ufffc\xad",
        include_characters=" ",
    ),
    max_size=30,
)


def shown(html: str) -> str:
    document = QTextDocument()
    document.setHtml(html)
    return document.toPlainText()


@given(st.lists(TEXTS, min_size=1, max_size=6))
def test_plain_lines_come_back(qapp, lines):
    document = QTextDocument()
    document.setPlainText("\n".join(lines))
    html = document_html(document)
    assert shown(html) == document.toPlainText()
    again = QTextDocument()
    again.setHtml(html)
    assert document_html(again) == html


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["plain", "bold", "code", "bullets", "numbers", "quote"]),
            st.text("ab <&", min_size=1, max_size=8).filter(str.strip),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_every_mix_of_formats_is_stable_and_loses_no_letter(qapp, parts):
    edit = RichEdit()
    for kind, text in parts:
        edit.moveCursor(QTextCursor.MoveOperation.End)
        edit.insertPlainText(text)
        if kind in {"bullets", "numbers"}:
            edit.toggle_list(numbered=kind == "numbers")
        elif kind == "quote":
            edit.toggle_quote()
        elif kind != "plain":
            edit.moveCursor(QTextCursor.MoveOperation.StartOfBlock, QTextCursor.MoveMode.KeepAnchor)
            edit.toggle_bold() if kind == "bold" else edit.toggle_code()
        edit.moveCursor(QTextCursor.MoveOperation.End)
        edit.textCursor().insertBlock()
    html = edit.html()
    letters = "".join(edit.toPlainText().split())
    edit.show_html(html)
    assert "".join(edit.toPlainText().split()) == letters
    assert edit.html() == html

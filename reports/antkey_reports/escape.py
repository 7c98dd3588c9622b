"""One escaper per sink: whatever a scanned name says, it is shown and does nothing.

Escapes are visible (`\\x1b`, `\\u202e`), never silent removals: a name that tries something must look
like it. No function here raises, whatever the text (lone surrogates included).
"""

from __future__ import annotations

_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}

# Excel, LibreOffice and Google Sheets; the last four are the full-width forms, which Excel folds.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")

# Letters that draw nothing, so `isprintable` lets them pass: Hangul fillers and the Braille blank.
_BLANKS = "\u115f\u1160\u3164\uffa0\u2800"


def visible(text: str) -> str:
    """Show every character that a reader could not see, or that could move what is around it.

    Left are printable characters and the plain space: no controls (C0, C1, ESC), no bidirectional
    overrides, nothing of zero width, no line ends, no surrogates. That is also a subset of what XML
    1.0 allows.
    """
    if text.isprintable() and (text.isascii() or not any(blank in text for blank in _BLANKS)):
        return text
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if character.isprintable() and character not in _BLANKS:
        return character
    if character in _SHORT:
        return _SHORT[character]
    code = ord(character)
    # `\xNN` above 7f is how a path shows a byte that is no UTF-8, so a character needs another form.
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def terminal(text: str) -> str:
    """Text for a terminal or a CI log: visible, and no word of it can be a workflow command.

    GitHub takes `::name::` after leading blanks and `##[name]` anywhere in a line, Azure `##vso[`
    anywhere, TeamCity `##teamcity[`; a wrapped line can begin with any word.
    """
    shown = visible(text)
    if "##" in shown:
        shown = shown.replace("##", "#\\x23")
    if "::" in shown:
        shown = " ".join(_unlike_command(word) for word in shown.split(" "))
    return shown


def _unlike_command(word: str) -> str:
    return "\\x3a" + word[1:] if word.startswith("::") else word


def json_document(text: str) -> str:
    """A finished JSON text that may land in a CI log: `##` is written so that it means the same."""
    return text.replace("##", "#\\u0023")


def html_document(text: str) -> str:
    """A finished HTML text that may land in a CI log: `##` is written so that it means the same."""
    return text.replace("##", "#&#35;")


def workflow_data(text: str) -> str:
    """The message of a GitHub workflow command (`::error::MESSAGE`). Line ends survive, encoded."""
    lines = (visible(line) for line in text.replace("%", "%25").split("\n"))
    return "%0A".join(line.replace("##", "#\\x23") for line in lines)


def workflow_property(text: str) -> str:
    """A property of a GitHub workflow command (`::error file=PROPERTY::`)."""
    return workflow_data(text).replace(":", "%3A").replace(",", "%2C")


def csv_cell(text: str) -> str:
    """The value of a CSV cell that no spreadsheet takes for a formula. Quoting is the writer's job."""
    shown = visible(text)
    # The raw text is asked, too: a leading tab becomes a backslash, which hides what follows it.
    if text.startswith(_FORMULA_STARTS) or shown.lstrip(" ").startswith(_FORMULA_STARTS):
        return "'" + shown
    return shown


def markdown(text: str) -> str:
    """Text in a paragraph, a list item or a table cell of GitHub's Markdown, not at a line's start.

    No word of it becomes markup, a link, a mention, a reference to an issue, an emoji or a formula, and
    none ends a table's cell: what backslashes do not keep from that stands as code.
    """
    return " ".join(_markdown_word(word) for word in visible(text).split(" "))


def markdown_code(text: str) -> str:
    """A name as code in GitHub's Markdown; nothing for an empty one."""
    shown = visible(text)
    if not shown or shown.isspace():
        return ""
    if not any(character in shown for character in "`|") and "##" not in shown:
        return f"`{shown}`"
    # In a code span a table's cell would end at the bar, and a run of backticks ends the span.
    return f"<code>{''.join(map(_entity, shown))}</code>"


def _entity(character: str) -> str:
    if character == " " or character.isalnum() or not character.isascii():
        return character
    return f"&#{ord(character)};"


def _markdown_word(word: str) -> str:
    if _becomes_more(word):
        # Brackets and stops around it stay what they are; only an opening bracket could be markup.
        inner = word.lstrip("(").rstrip("),.;")
        before, _, after = word.partition(inner)
        return before + markdown_code(inner) + after
    text = word.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for character in "\\`*_{}[]|~!":
        if character in text:
            text = text.replace(character, "\\" + character)
    return text


def _becomes_more(word: str) -> bool:
    """Whether GitHub makes a link, a mention or the like of a word, whatever is escaped in it."""
    lower = word.lower()
    return (
        any(character in word for character in "@#$")
        or word.count(":") > 1
        or "://" in word
        or "www." in lower
        or "mailto:" in lower
        or "xmpp:" in lower
        or any(part[:1].isdigit() for part in lower.split("gh-")[1:])
    )


def relative_uri(path: str) -> str:
    """A path as a relative URI reference (RFC 3986, section 4.2), for SARIF.

    Bytes that the path shows as `\\xNN` become `%NN` again. A colon is always encoded, so that no
    path begins like a scheme, and so is a leading `/`, so that none names a host.
    """
    from urllib.parse import quote

    body = path.lstrip("/")
    pieces = body.split("\\x")
    encoded = quote(pieces[0], safe="/!$&'()*+,;=@", errors="backslashreplace")
    for piece in pieces[1:]:
        if _is_high_byte(piece[:2]):
            head, tail = "%" + piece[:2].upper(), piece[2:]
        else:
            head, tail = "%5Cx", piece
        encoded += head + quote(tail, safe="/!$&'()*+,;=@", errors="backslashreplace")
    return "%2F" * (len(path) - len(body)) + encoded


def _is_high_byte(digits: str) -> bool:
    return len(digits) == 2 and digits[0] in "89abcdef" and digits[1] in "0123456789abcdef"


def sarif_message(text: str) -> str:
    """The text of a SARIF message: nothing in it is an embedded link (SARIF 2.1.0, 3.11.6)."""
    shown = visible(text)
    if "](" not in shown:
        return shown
    return shown.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")

"""What the grammar says of a text: outline, errors, strings, comments. Pure; never raises for any text.

`outline(path, text)`        definitions with their scopes, and imports
`error_count(path, text)`    syntax errors, to compare with the count before a change
`string_lines(path, text)`   lines that begin inside a multi-line string
`comment_lines(path, text)`  lines that are nothing but comment
`comments(path, lines)`      comments to the character, and what they say
`comment_prefixes(path)`     what begins a comment, as data; `language_of(path)` is the whole entry
"""

from bot.syntax.checks import comment_lines, error_count, string_lines
from bot.syntax.comments import Comment, comments, fenced_lines
from bot.syntax.languages import Language, comment_prefixes, language_of
from bot.syntax.outline import Definition, Import, Outline, outline

__all__ = [
    "Comment",
    "Definition",
    "Import",
    "Language",
    "Outline",
    "comment_lines",
    "comment_prefixes",
    "comments",
    "error_count",
    "fenced_lines",
    "language_of",
    "outline",
    "string_lines",
]

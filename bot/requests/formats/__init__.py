"""Code in a format becomes asks: which format it is, and what each says of which file."""

from bot.requests.formats.choose import Format, UnclearFormat, read_code, words_of
from bot.requests.formats.syntax import FileAsk, FormatError

__all__ = ["FileAsk", "Format", "FormatError", "UnclearFormat", "read_code", "words_of"]

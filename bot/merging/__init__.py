"""The local merge engine: lazy update snippets into files, deterministic and without a network. See README.md here.

`merge(base, snippet, path, hints)`      the merged lines with a verdict, or a Refusal
`readings(base, snippet, path, hints)`   the same with all that it rests on: readings, steps, doubts
`is_marker(line, path)`                  whether a line is a marker such as `// ... existing code ...`
`find_markers(lines, base, path)`        which lines of a snippet are; the base's own such lines are not
"""

from bot.merging.engine import Readings, merge, readings
from bot.merging.markers import find_markers, is_marker
from bot.merging.reading import Reading

__all__ = ["Reading", "Readings", "find_markers", "is_marker", "merge", "readings"]

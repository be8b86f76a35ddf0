"""Exact formats find their place on the lines of a base: at the place that is named or unique, or not at all.

The one policy, for all of them:

1. **Text is never matched by likeness.** Old lines must stand in the base: to the character; where they do so nowhere,
   white space at line ends is ignored; where that fits nowhere either, the whole run may stand at another indentation,
   the same for all lines (the new lines are then shifted alike). Lines that stay keep the base's own bytes.
2. **The place must be unique.** Several places are told apart only by what the format itself says: the order of a
   diff's hunks, the `@@` lines of a patch, a line number that hits one of several *exact* runs (measured from the hunks
   that have found their place), the request's line range. Else the request is refused as ambiguous, both places named.
3. **What stands already is not done twice.** New text that stands where the old would be, or around it, is
   `already-applied`. Where a number points at the new text and the old stands elsewhere, the number decides; without it
   nothing does.
4. **An insertion needs a line to hold on to.** A line number alone places nothing but a suggestion.
"""

from bot.placing.place import Placed, place
from bot.placing.suggestion import as_suggested, commented_lines, told_lines

__all__ = ["Placed", "as_suggested", "commented_lines", "place", "told_lines"]

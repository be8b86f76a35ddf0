import json
import logging
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

# ... existing code ...

    def gross(self):
        full = self.net() * (1 + VAT) + self.shipping()
        return full.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def load_basket(path):
# ... existing code ...

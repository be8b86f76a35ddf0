# ... existing code ...

    def to_pay(self):
        return self.net() * (1 + VAT) + self.shipping()

# ... existing code ...

    lines.append(f"{'to pay':<24} {basket.to_pay():>7}")
    return "\n".join(lines)

# ... existing code ...

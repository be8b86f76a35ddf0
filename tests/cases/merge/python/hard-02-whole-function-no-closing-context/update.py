# ... existing code ...

def receipt(basket):
    """The receipt, one line an item, as plain text."""
    def rows():
        yield f"Receipt for {basket.customer}"
        yield "-" * 32
        for item in basket.items:
            yield f"{item.quantity:>3} x {item.title:<18} {item.total:>8}"
        yield "-" * 32
        yield f"{'net':<24} {basket.net():>7}"
        yield f"{'to pay':<24} {basket.gross():>7}"

    return "\n".join(rows())


# ... existing code ...

// ... rest of the imports and classes ...

def save_basket(basket, path):
    // ... same header as before ...
    "items": [
        {"sku": i.sku, "title": i.title, "cents": int(i.price * 100), "quantity": i.quantity}
        for i in basket.items
    ],

// ... rest of the file unchanged ...

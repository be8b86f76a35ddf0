# ... existing code ...
    print(receipt(basket))
    return 0


if __name__ == "__main__":
    import sys

    sys.exit(main(sys.argv))

# ... existing code ...
.PHONY: all clean install test uninstall

# ... existing code ...
	install -m 755 tides $(DESTDIR)$(PREFIX)/bin

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/tides

dist: VERSION := $(shell git describe --tags)
# ... existing code ...

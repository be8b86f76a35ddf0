CC ?= cc
CFLAGS ?= -O2 -Wall -Wextra
PREFIX ?= /usr/local

SRC := $(wildcard src/*.c)
OBJ := $(SRC:.c=.o)

.PHONY: all clean install test uninstall

all: tides

tides: $(OBJ)
	$(CC) $(LDFLAGS) -o $@ $^ -lm

%.o: %.c src/tides.h
	$(CC) $(CFLAGS) -c -o $@ $<

test: tides
	./tests/run.sh ./tides

install: tides
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 tides $(DESTDIR)$(PREFIX)/bin

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/tides

dist: VERSION := $(shell git describe --tags)
dist:
	git archive --prefix=tides-$(VERSION)/ HEAD | gzip > tides-$(VERSION).tar.gz

help:
	@echo "make, make test, make install, make dist"

clean:
	rm -f tides $(OBJ)

#!/bin/sh
# Copies the shop's data to the second disk.
set -eu

SRC=${SRC:-/srv/shop}
DST=${DST:-/mnt/second/shop}
KEEP=7

log() {
  printf '%s %s\n' "$(date +%H:%M:%S)" "$1" >&2
}

usage() {
  cat <<'EOF'
usage: backup.sh [-n] [-k DAYS]
  -n       show what would be done
  # ... existing code ...
  -k DAYS  how many copies stay (default 7)
EOF
}

dry=
while getopts nk:h opt; do
  case $opt in
    n) dry=1 ;;
    k) KEEP=$OPTARG ;;
    h)
      usage
      exit 0
      ;;
    *)
      usage
      exit 2
      ;;
  esac
done

today=$(date +%F)

if [ -n "$dry" ]; then
  log "would copy $SRC to $DST/$today"
  exit 0
fi

mkdir -p "$DST"
cp -a "$SRC" "$DST/$today"
log "copied $SRC"

ls -1 "$DST" | sort -r | tail -n +$((KEEP + 1)) | while read -r old; do
  log "removing $old"
  rm -rf "${DST:?}/$old"
done

# ... existing code ...
ls -1 "$DST" | sort -r | tail -n +$((KEEP + 1)) | while read -r old; do
  rm -rf "${DST:?}/$old"
done

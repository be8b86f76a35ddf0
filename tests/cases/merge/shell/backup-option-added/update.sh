# ... existing code ...
dry=
quiet=
while getopts nqk:h opt; do
  case $opt in
    n) dry=1 ;;
    q) quiet=1 ;;
    k) KEEP=$OPTARG ;;
    # ... existing code ...

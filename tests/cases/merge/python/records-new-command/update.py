# ... existing code ...

    log = commands.add_parser("log", help="read a camera's log into the last session")
    log.add_argument("path")

    reject = commands.add_parser("reject", help="mark an exposure as useless")
    reject.add_argument("exposure", type=int)

    commands.add_parser("report", help="print all sessions")
    return parser


def main(argv: list[str] | None = None) -> int:
    # ... existing code ...
            print(read_log(store, sessions[-1], args.path))
        elif args.command == "reject":
            store.reject(args.exposure)
        else:
            print(report(store))
    return 0

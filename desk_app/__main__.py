"""`python -m desk_app` is `desk-app`."""

from desk_app.cli import main

if __name__ == "__main__":
    raise SystemExit(main())

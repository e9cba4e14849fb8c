"""`python -m greenlight` is the `greenlight` command."""

from greenlight.cli import main

if __name__ == "__main__":
    main()

"""``python -m pvmap``: the command line, for where the script ``pvmap`` is not on the path."""

from pvmap.cli import run

if __name__ == "__main__":
    run()

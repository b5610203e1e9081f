"""`python -m careflow` is the command line."""

from careflow.cli.main import run

if __name__ == "__main__":
    run()

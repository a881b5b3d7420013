"""Prints every measurement; `python -m bench --quick` takes fewer rounds."""

from __future__ import annotations

import argparse

from bench import compare, export, portal, scan


def main() -> None:
    """Run the measurements one after the other."""
    parser = argparse.ArgumentParser(prog="bench", description="Measure against floors and budgets.")
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    rounds = 3 if parser.parse_args().quick else 7
    for models in (30, 1000):
        print("\n".join(export.report(models, rounds)), flush=True)
    print("\n".join(scan.report(rounds)), flush=True)
    print("\n".join(compare.report(rounds)), flush=True)
    print("\n".join(portal.report(rounds)), flush=True)


if __name__ == "__main__":
    main()

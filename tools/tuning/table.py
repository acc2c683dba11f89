"""Prints what sweep.py found as a Markdown table: mean accuracy over the corruptions, a row per method and settings."""

import argparse
import json
import pathlib
import statistics


def column(record):
    """Runs of one column are over the same stream, so that they compare."""
    parts = [record["model"].removesuffix(".onnx"), record["data"], record["setting"], f"batch {record['batch']}"]
    parts += [f"{record['limit']} images"] if record["limit"] else []
    return ", ".join(parts + [f"seed {record['seed']}"])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    records = [json.loads(line) for file in options.files for line in file.read_text().splitlines()]
    columns = list(dict.fromkeys(column(record) for record in records))
    rows = {}
    for record in records:
        title = " ".join([record["method"], *(f"{name}={value}" for name, value in record["settings"].items())])
        rows.setdefault(title, {})[column(record)] = statistics.fmean(record["accuracy"].values())
    print("| settings |", " | ".join(columns), "|")
    print("| --- |" + " ---: |" * len(columns))
    for title, cells in rows.items():
        print(f"| {title} |", " | ".join(f"{cells[c]:.2f}" if c in cells else "" for c in columns), "|")


if __name__ == "__main__":
    main()

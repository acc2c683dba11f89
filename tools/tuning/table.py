"""Prints what sweep.py found as a Markdown table: mean accuracy over the corruptions, a row per method and settings."""

import argparse
import json
import pathlib
import statistics


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    records = [json.loads(line) for file in options.files for line in file.read_text().splitlines()]
    columns = list(dict.fromkeys((record["model"].removesuffix(".onnx"), record["setting"]) for record in records))
    rows = {}
    for record in records:
        title = " ".join([record["method"], *(f"{name}={value}" for name, value in record["settings"].items())])
        column = (record["model"].removesuffix(".onnx"), record["setting"])
        rows.setdefault(title, {})[column] = statistics.fmean(record["accuracy"].values())
    print("| settings |", " | ".join(f"{model} {setting}" for model, setting in columns), "|")
    print("| --- |" + " ---: |" * len(columns))
    for title, cells in rows.items():
        print(f"| {title} |", " | ".join(f"{cells[c]:.2f}" if c in cells else "" for c in columns), "|")


if __name__ == "__main__":
    main()

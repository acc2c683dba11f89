"""Replays class-incremental streams for each part of CSFA switched on in turn, and prints a table of accuracies.

Every row is one method and one more part of it; all classes are registered at the beginning of a stream over one
corruption. Each cell is the mean over the corruptions, and over seeds (which supports are drawn) mean and standard
deviation. Runs whose output is there already are not repeated.
"""

import argparse
import concurrent.futures
import json
import pathlib
import statistics
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]

PLAIN = {"lambda": 0, "shrinkage": 1, "centring": "source", "headWeight": 0, "followRate": 0, "adaptation": "none"}
ROWS = {
    "nearest class mean": PLAIN,
    "+ calibration": {**PLAIN, "lambda": None},
    "+ SAR": {**PLAIN, "lambda": None, "adaptation": "sar"},
    "+ RSGS": {**PLAIN, "lambda": None, "adaptation": "rsgs"},
    "CSFA": {},
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True, type=pathlib.Path)
    parser.add_argument("--prototypes", required=True, help="made by ./tta prototypes; 'none' for source-free")
    parser.add_argument("--data", required=True, type=pathlib.Path)
    parser.add_argument("--support", required=True, type=pathlib.Path)
    parser.add_argument("--out", required=True, type=pathlib.Path, help="folder of results")
    parser.add_argument("--shots", default="1,5,20")
    parser.add_argument("--seeds", default="1,2,3,4,5")
    parser.add_argument("--limit", type=int, help="images per corruption")
    parser.add_argument(
        "--variants", nargs="*", default=[], metavar="NAME=VALUE,...", help="instead: CSFA, and CSFA with each of these"
    )
    parser.add_argument("--jobs", type=int, default=2, help="runs at once, of one thread each")
    return parser.parse_args()


def replay(options, name, settings, shots, methods):
    limit = f"-{options.limit}" if options.limit else ""
    file = options.out / f"{options.data.name}{limit}-{name.replace(' ', '_')}-{shots}.json"
    if not file.exists():
        chosen = {key: value for key, value in settings.items() if value is not None}
        if options.prototypes != "none":
            chosen["prototypes"] = options.prototypes
        command = [
            ROOT / "tta", "replay", "--model", options.model, "--data", options.data, "--setting", "class-incremental",
            "--sessions", "1", "--shots", shots, "--support", options.support, "--seeds", options.seeds,
            "--method", methods, "--threads", "1", "--json", file,
        ]  # fmt: skip
        if options.limit:
            command += ["--limit", str(options.limit)]
        for key, value in chosen.items():
            command += ["--set", f"csfa.{key}={value}"]
        subprocess.run(list(map(str, command)), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return json.loads(file.read_text())["results"]


def cells(results, method):
    """For base, novel and harmonic mean: mean and deviation over seeds of the mean over corruptions."""
    found = []
    for key in ("base", "novel", "harmonicMean"):
        by_seed = {}
        for result in results:
            if result["method"] == method and result["corruption"] != "all":
                part = result["incremental"]
                by_seed.setdefault(part["seed"], []).append(part[key])
        means = [statistics.mean(values) for values in by_seed.values()]
        found.append(f"{statistics.mean(means):.1f} ± {statistics.pstdev(means):.1f}")
    return found


def main():
    options = arguments()
    options.out.mkdir(parents=True, exist_ok=True)
    rows = ROWS
    if options.variants:
        variants = {each: dict(item.split("=", 1) for item in each.split(",")) for each in options.variants}
        rows = {"CSFA": {}, **variants}
    for shots in options.shots.split(","):
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            # The source answers the same beside every row.
            runs = {
                name: pool.submit(replay, options, name, settings, shots, "csfa" if k else "source,csfa")
                for k, (name, settings) in enumerate(rows.items())
            }
        source = next(iter(runs.values())).result()
        print(f"| {options.data.name}, K = {shots} | base | novel | harmonic mean |\n| --- | ---: | ---: | ---: |")
        print("| source, base classes only |", " | ".join(cells(source, "source")), "|")
        for name, run in runs.items():
            print(f"| {name} |", " | ".join(cells(run.result(), "csfa")), "|", flush=True)
        print()


if __name__ == "__main__":
    main()

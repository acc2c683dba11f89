"""Replays a grid of a method's settings over tuning images: one run of ./tta replay per model, stream and grid point.

Results are appended to a file of JSON lines as they come. A run whose line is there is not repeated, so that a sweep
that was stopped goes on where it was. table.py makes a table of such files.
"""

import argparse
import concurrent.futures
import itertools
import json
import pathlib
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True, type=pathlib.Path, nargs="+")
    parser.add_argument("--data", required=True, type=pathlib.Path, help="as CIFAR-10-C is laid out")
    parser.add_argument("--out", required=True, type=pathlib.Path, help="file of JSON lines, appended to")
    parser.add_argument("--method", default="rsgs")
    parser.add_argument("--grid", nargs="*", default=[], metavar="NAME=A,B,...", help="all combinations are run")
    parser.add_argument("--fixed", nargs="*", default=[], metavar="NAME=A", help="set in every run")
    parser.add_argument("--setting", nargs="+", default=["mild", "mixed", "label-shift"], help="of the stream")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--limit", type=int, help="images per corruption")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2, help="runs at once, of one thread each")
    return parser.parse_args()


def assignments(items):
    """The (name, value) pairs of a NAME=A,B,... list, value by value."""
    return [[(name, value) for value in values.split(",")] for name, values in (item.split("=", 1) for item in items)]


def identity(record):
    """What a run depends on, as text: results aside."""
    return json.dumps({key: record[key] for key in record if key != "accuracy"}, sort_keys=True)


def runs(options):
    fixed = dict(pair for pairs in assignments(options.fixed) for pair in pairs)
    for point in itertools.product(*assignments(options.grid)):
        for model, setting in itertools.product(options.model, options.setting):
            yield {
                "model": model.name,
                "data": "/".join(options.data.resolve().parts[-2:]),
                "setting": setting,
                "method": options.method,
                "settings": fixed | dict(point),
                "batch": options.batch,
                "limit": options.limit,
                "seed": options.seed,
            }


def replay(run, model, data):
    """Accuracy in percent by corruption, as ./tta replay finds it."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder, "out.json")
        command = [ROOT / "tta", "replay", "--model", model, "--data", data, "--setting", run["setting"]]
        command += ["--method", run["method"], "--batch", run["batch"], "--seed", run["seed"], "--threads", 1]
        command += ["--json", out]
        if run["limit"]:
            command += ["--limit", run["limit"]]
        for name, value in run["settings"].items():
            command += ["--set", f"{run['method']}.{name}={value}"]
        subprocess.run(
            [str(part) for part in command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        results = json.loads(out.read_text())["results"]
    return {result["corruption"]: result["accuracy"] for result in results}


def main():
    options = arguments()
    models = {model.name: model for model in options.model}
    options.out.parent.mkdir(parents=True, exist_ok=True)
    done = set()
    if options.out.exists():
        done = {identity(json.loads(line)) for line in options.out.read_text().splitlines()}
    wanted = [run for run in runs(options) if identity(run) not in done]
    print(f"{len(wanted)} runs, {len(done)} there already", file=sys.stderr)
    lock = threading.Lock()

    def finish(run):
        accuracy = replay(run, models[run["model"]], options.data)
        with lock, options.out.open("a") as file:
            file.write(json.dumps(run | {"accuracy": accuracy}) + "\n")

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as executor:
        futures = [executor.submit(finish, run) for run in wanted]
        try:
            for future in concurrent.futures.as_completed(futures):
                future.result()
        except subprocess.CalledProcessError as e:
            executor.shutdown(cancel_futures=True)
            sys.exit(e.stderr)


if __name__ == "__main__":
    main()

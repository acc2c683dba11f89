"""Times `tta corrupt` against the published code's library calls, interleaved on the same cores.

Each round runs both over the same images under all corruptions and severities: the Python calls in as many processes as
there are cores, each a share of the images, then the command line as a user starts it, from images.npy to the files it
writes (start of the JVM included).
"""

import argparse
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time

import cv2
import numpy as np

import published


def prepare(barrier, folder):
    global begin_together
    begin_together = barrier
    cv2.setNumThreads(1)
    published.textures(folder)
    np.random.seed(0)


def work(task):
    """When it began and ended, and processor seconds by corruption."""
    images, constants = task
    begin_together.wait()
    start = time.time()
    seconds = {}
    for name in constants:
        before = time.process_time()
        for severity in range(1, 6):
            for image in images:
                published.corrupt(image, name, severity, constants)
        seconds[name] = time.process_time() - before
    return start, time.time(), seconds


def children_cpu():
    times = os.times()
    return times.children_user + times.children_system


def python_round(images, constants, folder, processes):
    """Wall seconds, processor seconds, and the latter by corruption."""
    shares = np.array_split(images, processes)
    # Not forked: OpenCV's threads do not survive that.
    context = multiprocessing.get_context("spawn")
    with context.Pool(processes, prepare, (context.Barrier(processes), folder)) as pool:
        done = pool.map(work, [(share, constants) for share in shares], chunksize=1)
    wall = max(end for _, end, _ in done) - min(start for start, _, _ in done)
    by_name = {name: sum(seconds[name] for _, _, seconds in done) for name in constants}
    return wall, sum(by_name.values()), by_name


def tta_round(tta, clean, folder, names, threads):
    out = tempfile.mkdtemp(dir=folder)
    start, cpu = time.perf_counter(), children_cpu()
    command = [tta, "corrupt", "--in", clean, "--out", out, "--corruption", ",".join(names), "--threads", str(threads)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    wall, cpu = time.perf_counter() - start, children_cpu() - cpu
    subprocess.run(["rm", "-r", out], check=True)
    return wall, cpu


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", required=True, help="uint8 [N, H, W, 3], an .npy file; H = W = 32 or 224")
    parser.add_argument("--limit", type=int, default=64, help="images for the Python code (default: 64)")
    parser.add_argument("--tta-repeat", type=int, default=1, help="times as many images for tta: its start weighs less")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--without", nargs="*", default=[], help="corruptions to leave out")
    parser.add_argument("--tta", default=os.path.join(os.path.dirname(__file__), "..", "..", "tta"))
    settings = parser.parse_args()
    images = np.load(settings.images)[: settings.limit]
    constants = dict(published.CIFAR if images.shape[1] <= 64 else published.IMAGENET)
    for name in settings.without:
        del constants[name]
    names = list(constants)
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        clean = os.path.join(folder, "clean")
        os.mkdir(clean)
        repeated = np.concatenate([images] * settings.tta_repeat)
        np.save(os.path.join(clean, "images.npy"), repeated)
        np.save(os.path.join(clean, "labels.npy"), np.zeros(len(repeated), np.uint8))
        published.textures(folder)
        for number in range(settings.rounds):
            python, python_cpu, by_name = python_round(images, constants, folder, settings.processes)
            ours, our_cpu = tta_round(settings.tta, clean, folder, names, settings.processes)
            few, many = (count * len(names) * 5 for count in (len(images), len(repeated)))
            ratios.append((many / ours) / (few / python))
            row = {"python images/s": few / python, "tta images/s": many / ours, "ratio": ratios[-1]}
            row |= {"python cpu ms": 1000 * python_cpu / few, "tta cpu ms": 1000 * our_cpu / many}
            print(json.dumps({"round": number} | {key: round(value, 3) for key, value in row.items()}), flush=True)
        milliseconds = {name: round(1000 * by_name[name] / len(images) / 5, 3) for name in names}
        print(json.dumps({"python cpu ms an image": milliseconds}))
    print(f"median ratio {np.median(ratios):.1f}", file=sys.stderr)


if __name__ == "__main__":
    main()

"""Compares rules for base prototypes without source data, on features that ONNX Runtime computes once.

All images of a set are one stream in batches of 64, in a drawn order; supports of all other classes are registered before
it, and theta stays. A rule is where base prototypes come from, and what a new class's cosine must be above a base
class's: z / sqrt(n) after n samples. Prints base, novel and harmonic-mean accuracy over the first images and over all,
means over sets and seeds.
"""

import argparse
import pathlib

import numpy as np
import onnx
from onnx import numpy_helper

from linear_bound import features as features_and_logits

BATCH = 64
LAMBDA, TAU = 0.4, 16  # CSFA's defaults
FEWEST = 8  # reliable samples before a mean stands for a class
RULES = {
    "rows, means from eight samples": ("means, rows as they are", 0),
    "centred rows": ("rows", 0),
    "centred rows, z = 0.5": ("rows", 0.5),
    "centred rows, z = 1": ("rows", 1),
    "centred rows, z = 2": ("rows", 2),
    "means from eight samples, z = 1": ("means", 1),
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True, type=pathlib.Path)
    parser.add_argument("--images", required=True, type=pathlib.Path, nargs="+", help=".npy, labels.npy beside it")
    parser.add_argument("--support", required=True, type=pathlib.Path, help="folder of images.npy and labels.npy")
    parser.add_argument("--shots", default="1,5,20")
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--first", type=int, default=128)
    parser.add_argument("--base-classes", type=int, help="take the classes behind these for new (default: none of them)")
    return parser.parse_args()


def classifier_rows(file):
    """The weights of the last Gemm, a row a class."""
    graph = onnx.load(file).graph
    classifier = [node for node in graph.node if node.op_type == "Gemm"][-1]
    weights = {each.name: numpy_helper.to_array(each) for each in graph.initializer}[classifier.input[1]]
    transposed = any(each.name == "transB" and each.i for each in classifier.attribute)
    return (weights if transposed else weights.T).astype(np.float64)


def unit(rows):
    norms = np.linalg.norm(rows, axis=-1, keepdims=True)
    return rows / np.where(norms == 0, 1, norms)


def entropy(logits):
    p = np.exp(logits - logits.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    return -(p * np.log(np.maximum(p, 1e-30))).sum(1)


def predictions(rows, base, z, supports, stream):
    """What each sample of a stream of (features, logits) is called, the new classes after the base classes."""
    classes, width = rows.shape
    directions = unit(rows if base.endswith("as they are") else rows - rows.mean(0))
    mean, count = np.zeros(width), 0
    sums, counts = np.zeros((classes, width)), np.zeros(classes)
    called = []
    for start in range(0, len(stream[0]), BATCH):
        features, logits = (part[start : start + BATCH] for part in stream)
        prototypes = directions.copy()
        if base.startswith("means"):
            known = counts >= FEWEST
            prototypes[known] = unit(sums[known] / counts[known, None] - mean)
        new = unit(supports - mean)
        drawn = np.exp(TAU * (new @ prototypes.T - 1)) @ prototypes
        new = unit((1 - LAMBDA) * new + LAMBDA * unit(drawn))
        samples = unit(features - mean)
        margin = 0 if z == 0 else min(z / np.sqrt(count), 2) if count else 2
        to_base, to_new = samples @ prototypes.T, samples @ new.T
        is_new = to_new.max(1) - margin > to_base.max(1)
        called.append(np.where(is_new, classes + to_new.argmax(1), (logits + TAU * to_base).argmax(1)))
        mean = mean + (features - mean).sum(0) / (count + len(features))
        count += len(features)
        reliable = entropy(logits) < 0.3 * np.log(classes)
        for c, row in zip(logits[reliable].argmax(1), features[reliable]):
            sums[c] += row
            counts[c] += 1
    return np.concatenate(called)


def accuracies(labels, called, classes):
    base = 100 * (called == labels)[labels < classes].mean()
    novel = 100 * (called == labels)[labels >= classes].mean()
    return base, novel, 2 * base * novel / max(base + novel, 1e-9)


def main():
    options = arguments()
    rows = classifier_rows(options.model)[: options.base_classes]
    classes = len(rows)
    sets = []
    for file in options.images:
        images = np.load(file)
        features, logits = features_and_logits(options.model, images)
        sets.append((features, logits[:, :classes], np.load(file.parent / "labels.npy")[: len(images)].astype(int)))
    support_features = features_and_logits(options.model, np.load(options.support / "images.npy"))[0]
    support_labels = np.load(options.support / "labels.npy")
    novel = sorted(set(support_labels.tolist()) - set(range(classes)))
    for shots in map(int, options.shots.split(",")):
        print(f"| K = {shots} | first {options.first}: base, novel, harmonic mean | all: base, novel, harmonic mean |")
        print("| --- | ---: | ---: |")
        own = []
        for name, (base, z) in RULES.items():
            found = []
            for seed in range(options.seeds):
                for features, logits, labels in sets:
                    random = np.random.default_rng(seed)
                    order = random.permutation(len(labels))
                    drawn = [random.choice(np.flatnonzero(support_labels == c), shots, replace=False) for c in novel]
                    supports = np.array([support_features[each].mean(0) for each in drawn])
                    stream = features[order], logits[order]
                    called = predictions(rows, base, z, supports, stream)
                    ranges = slice(options.first), slice(None)
                    found.append([accuracies(labels[order][part], called[part], classes) for part in ranges])
                    alone = stream[1].argmax(1)
                    own.append([accuracies(labels[order][part], alone[part], classes)[0] for part in ranges])
            cells = [", ".join(f"{value:.1f}" for value in part) for part in np.mean(found, axis=0)]
            print(f"| {name} |", " | ".join(cells), "|", flush=True)
        print("| network alone |", " | ".join(f"{value:.1f}" for value in np.mean(own, axis=0)), "|\n")


if __name__ == "__main__":
    main()

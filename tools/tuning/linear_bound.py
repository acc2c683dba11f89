"""What any linear classifier over a network's features could reach on base and novel classes.

Trains a softmax regression over all classes on the features of every second image of a set, with their labels, and tests
it on the others. Nothing that sees no labels of the stream can expect to do better with the same features. As a bias
against the novel classes is turned up, base accuracy rises and novel accuracy falls: the table gives the best harmonic
mean for each bound on how far base accuracy may be below the network's own.
"""

import argparse
import pathlib

import numpy as np
import onnx
import onnxruntime
import torch

DROPS = (2, 5, 10, 15, 100)


def features(model, images):
    """Features [N, D] (what the last Gemm or MatMul is fed) and logits [N, C]."""
    graph = onnx.load(model)
    classifier = [node for node in graph.graph.node if node.op_type in ("Gemm", "MatMul")][-1]
    graph.graph.output.append(onnx.helper.make_empty_tensor_value_info(classifier.input[0]))
    session = onnxruntime.InferenceSession(graph.SerializeToString())
    name = session.get_inputs()[0].name
    found = []
    for start in range(0, len(images), 200):
        batch = images[start : start + 200].transpose(0, 3, 1, 2).astype(np.float32) / 255
        found.append(session.run([classifier.input[0], session.get_outputs()[0].name], {name: batch}))
    return [np.concatenate(part) for part in zip(*found)]


def regression(inputs, labels, classes):
    """Weights and biases of a softmax regression."""
    weights = torch.zeros(classes, inputs.shape[1], requires_grad=True)
    biases = torch.zeros(classes, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights, biases], max_iter=200)

    def closure():
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(inputs @ weights.T + biases, labels) + 1e-3 * (weights**2).sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    return weights.detach(), biases.detach()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True, type=pathlib.Path)
    parser.add_argument("--images", required=True, type=pathlib.Path, nargs="+", help=".npy files beside a labels.npy")
    options = parser.parse_args()
    print("| images | network | " + " | ".join(f"drop <= {drop}" for drop in DROPS) + " |")
    print("| --- | ---: |" + " ---: |" * len(DROPS))
    for file in options.images:
        labels = torch.from_numpy(np.load(file.parent / "labels.npy")).long()
        found, logits = (torch.from_numpy(part) for part in features(options.model, np.load(file)))
        base = logits.shape[1]
        found = (found - found.mean(0)) / found.std(0)
        weights, biases = regression(found[::2], labels[::2], int(labels.max()) + 1)
        labels, scores = labels[1::2], found[1::2] @ weights.T + biases
        own = 100 * (logits[1::2].argmax(1) == labels)[labels < base].float().mean()
        gap = scores[:, base:].max(1).values - scores[:, :base].max(1).values
        points = []
        for bias in torch.quantile(gap, torch.linspace(0, 1, 201)):
            answers = torch.where(gap > bias, scores[:, base:].argmax(1) + base, scores[:, :base].argmax(1))
            right = (answers == labels).float()
            old, new = 100 * right[labels < base].mean(), 100 * right[labels >= base].mean()
            points.append((float(old), float(new), float(2 * old * new / (old + new + 1e-9))))
        cells = []
        for drop in DROPS:
            allowed = [point for point in points if point[0] >= own - drop]
            cells.append("%.1f, %.1f: %.1f" % max(allowed, key=lambda point: point[2]) if allowed else "none")
        print(f"| {file.stem} | {own:.1f} |", " | ".join(cells), "|")


if __name__ == "__main__":
    main()

"""Batch norm's statistics over a stream, frozen, of the batch or moving: forward passes of PyTorch alone, no gradient.

For the ResNet-20 of ../shared, on tuning images. Prints a line of accuracies for each rule, as docs/tuning.md tables them.

    python3 tools/tuning/moving_statistics.py --shared ../shared --rule frozen batch moving:300:16 before:200:16

A rule is frozen, batch, or WHEN:WINDOW:RATIO. WHEN is moving (a batch is answered under what it has moved the statistics
to) or before (under those before it). WINDOW is that of the first layer in samples, RATIO the last layer's to the first's.
"""

import argparse
import pathlib

import numpy
import torch
import torch.nn.functional as functional

CORRUPTIONS = ("speckle_noise", "gaussian_blur", "spatter", "saturate")
CLASSES = 10
EPSILON = 1e-5


class ResNet20:
    """The network as a function of its inputs and of batch norm's means and variances, one pair a layer."""

    def __init__(self, file):
        module = torch.jit.load(file)
        self.weights = dict(module.named_parameters()) | dict(module.named_buffers())
        self.norms = [name[: -len(".running_mean")] for name in self.weights if name.endswith(".running_mean")]
        self.source = {n: (self.weights[n + ".running_mean"], self.weights[n + ".running_var"]) for n in self.norms}

    def forward(self, x, statistics, weights):
        """Logits, and the statistics blended with the batch's by the layers' weights on the way."""
        p, moved = self.weights, {}

        def norm(x, name):
            mean, variance = statistics[name]
            w = weights[name]
            if w > 0:
                distance = x.mean((0, 2, 3)) - mean
                batch = (x - (mean + distance)[:, None, None]).square().mean((0, 2, 3))
                variance = (1 - w) * variance + w * batch + w * (1 - w) * distance**2
                mean = mean + w * distance
            moved[name] = mean, variance
            return functional.batch_norm(x, mean, variance, p[name + ".weight"], p[name + ".bias"], False, 0, EPSILON)

        x = (x - p["mean"]) / p["std"]
        x = functional.relu(norm(functional.conv2d(x, p["conv1.weight"], padding=1), "norm1"))
        for layer in (1, 2, 3):
            for block in range(3):
                at = f"layer{layer}.{block}."
                stride = 2 if layer > 1 and block == 0 else 1
                y = functional.conv2d(x, p[at + "conv1.weight"], stride=stride, padding=1)
                y = functional.relu(norm(y, at + "norm1"))
                y = norm(functional.conv2d(y, p[at + "conv2.weight"], padding=1), at + "norm2")
                if stride == 2:
                    x = norm(functional.conv2d(x, p[at + "down.0.weight"], stride=2), at + "down.1")
                x = functional.relu(x + y)
        return functional.linear(x.mean((2, 3)), p["fc.weight"], p["fc.bias"]), moved


class Rule:
    """What a batch is answered under, and what it leaves behind."""

    def __init__(self, text, network):
        self.network = network
        self.when, *numbers = text.split(":")
        window, ratio = map(float, numbers) if numbers else (1, 1)
        last = len(network.norms) - 1
        self.rates = {name: ratio ** (-i / last) / window for i, name in enumerate(network.norms)}

    def step(self, x, statistics):
        still = dict.fromkeys(self.network.norms, 0.0)
        if self.when in ("frozen", "batch"):
            weights = still if self.when == "frozen" else dict.fromkeys(self.network.norms, 1.0)
            return self.network.forward(x, self.network.source, weights)[0], statistics
        weights = {name: 1 - (1 - rate) ** len(x) for name, rate in self.rates.items()}
        logits, moved = self.network.forward(x, statistics, weights)
        if self.when == "before":
            logits = self.network.forward(x, statistics, still)[0]
        return logits, moved


def label_shift(labels, draws, random):
    """As many stretches as classes, in each of which one class alone is drawn, with replacement."""
    classes = random.permutation(CLASSES)
    return [random.choice(numpy.flatnonzero(labels == classes[i * CLASSES // draws])) for i in range(draws)]


def streams(labels, seed):
    """By setting: the batch size, and one list of (corruption, image) a stream; a stream starts from the source."""
    random = numpy.random.RandomState(seed)
    sets = range(len(CORRUPTIONS))
    order = random.permutation(len(labels))
    apart = [[(c, i) for i in order] for c in sets]
    short, long = (label_shift(labels, n, random) for n in (len(labels), 2 * len(labels)))
    cycles = [random.choice(len(labels), 100, replace=False) for _ in range(10)]
    both = [(c, i) for c in sets for i in range(len(labels))]
    return {
        "mild": (64, apart),
        "mixed": (64, [[both[k] for k in random.permutation(len(both))]]),
        "label shift, 100": (64, [[(c, i) for i in short] for c in sets]),
        "label shift, 200": (64, [[(c, i) for i in long] for c in sets]),
        "batch 1": (1, apart),
        "continual": (64, [sum(apart, [])]),
        "recurring": (64, [[(c, i) for images in cycles for c in sets for i in images]]),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", required=True, type=pathlib.Path)
    parser.add_argument("--rule", nargs="+", required=True)
    parser.add_argument("--setting", nargs="+", help="all by default")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    folder = options.shared / "cifar10/tuning/severity5"
    images = [numpy.load(folder / f"{name}.npy") for name in CORRUPTIONS]
    labels = numpy.load(folder / "labels.npy").astype(int)
    network = ResNet20(str(options.shared / "models/resnet20-bn.pt"))
    for text in options.rule:
        rule = Rule(text, network)
        for setting, (size, lists) in streams(labels, options.seed).items():
            if options.setting and setting not in options.setting:
                continue
            right, seen = 0, 0
            for stream in lists:
                statistics = network.source
                for start in range(0, len(stream), size):
                    batch = stream[start : start + size]
                    pixels = numpy.stack([images[c][i] for c, i in batch])
                    x = torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255
                    logits, statistics = rule.step(x, statistics)
                    right += int((logits.argmax(1).numpy() == labels[[i for _, i in batch]]).sum())
                    seen += len(batch)
            print(f"{text} | {setting} | {100 * right / seen:.2f}", flush=True)


if __name__ == "__main__":
    main()

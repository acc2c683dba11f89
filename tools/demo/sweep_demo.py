"""Compares source, Tent and SAR on the demo's corrupted images, in PyTorch: how the demo's settings were chosen.

Every corruption starts from the source state; the answer to a batch is given before the step that it causes.
"""

import argparse
import copy
import itertools
import math
import pathlib

import torch
from torch import nn

from train_demo import CLASSES, Network, accuracy, read_images, read_labels

RADIUS = 0.05
MOMENTUM = 0.9
MARGIN = 0.4 * math.log(CLASSES)
RESET_BELOW = 0.2 * math.log(CLASSES) / math.log(1000)


def entropy(logits):
    return -(logits.softmax(1) * logits.log_softmax(1)).sum(1)


def norm_layers(network):
    """The norm layers in the order the forward pass meets them."""
    return [module for module in network.modules() if isinstance(module, nn.GroupNorm)]


def selected_parameters(network):
    """Scales and shifts of all norm layers but the last quarter."""
    layers = norm_layers(network)
    return [p for layer in layers[: len(layers) - len(layers) // 4] for p in (layer.weight, layer.bias)]


class Tent:
    def __init__(self, network, rate):
        self.network = network
        self.parameters = selected_parameters(network)
        self.optimizer = torch.optim.SGD(self.parameters, lr=rate, momentum=MOMENTUM)
        self.resets = 0

    def answer(self, images):
        logits = self.network(images)
        self.network.zero_grad()
        entropy(logits).mean().backward()
        self.optimizer.step()
        return logits.detach()


class Sar:
    """SAR with the step skipped where no sample is reliable, and the loss average forgotten at a reset."""

    def __init__(self, network, rate):
        self.network = network
        self.rate = rate
        self.parameters = selected_parameters(network)
        self.source = [p.detach().clone() for p in self.parameters]
        self.velocity = None
        self.average = None
        self.resets = 0

    def answer(self, images):
        logits = self.network(images)
        losses = entropy(logits)
        reliable = losses < MARGIN
        if reliable.any():
            self.step(images[reliable], self.gradients(losses[reliable].mean()))
        return logits.detach()

    def gradients(self, loss):
        self.network.zero_grad()
        loss.backward()
        return [p.grad.clone() for p in self.parameters]

    @torch.no_grad()
    def step(self, images, gradients):
        norm = math.sqrt(sum(g.square().sum().item() for g in gradients))
        here = [p.clone() for p in self.parameters]
        for p, g in zip(self.parameters, gradients):
            p += RADIUS / (norm + 1e-12) * g
        with torch.enable_grad():
            losses = entropy(self.network(images))
            still = losses < MARGIN
            found = self.gradients(losses[still].mean()) if still.any() else None
        for p, h in zip(self.parameters, here):
            p.copy_(h)
        if found is None:
            return
        if self.velocity is None:
            self.velocity = found
        else:
            self.velocity = [MOMENTUM * v + g for v, g in zip(self.velocity, found)]
        for p, v in zip(self.parameters, self.velocity):
            p -= self.rate * v
        self.watch(losses[still].mean().item())

    def watch(self, loss):
        self.average = loss if self.average is None else 0.9 * self.average + 0.1 * loss
        if self.average < RESET_BELOW:
            for p, s in zip(self.parameters, self.source):
                p.copy_(s)
            self.velocity = None
            self.average = None
            self.resets += 1


def adapted_accuracy(method, source, rate, images, labels, batch):
    """Accuracy in per cent over the stream, and the number of resets."""
    adapter = method(copy.deepcopy(source), rate)
    hits = sum(
        (adapter.answer(x).argmax(1) == y).sum().item() for x, y in zip(images.split(batch), labels.split(batch))
    )
    return 100 * hits / len(images), adapter.resets


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("images", type=pathlib.Path, help="the folder that ExportDemoSet wrote")
    parser.add_argument("state", type=pathlib.Path, help="the network's state as train_demo.py --state saved it")
    parser.add_argument("--split", choices=("tuning", "held-out"), default="tuning")
    parser.add_argument("--corruptions", nargs="+", required=True)
    parser.add_argument("--severity", type=int, default=5)
    parser.add_argument("--count", type=int, default=None, help="images per corruption")
    parser.add_argument("--batches", type=int, nargs="+", default=[64])
    parser.add_argument("--rates", type=float, nargs="+", default=[0.001], help="at batch 64; scaled with the batch")
    parser.add_argument("--threads", type=int, default=2)
    settings = parser.parse_args()
    torch.set_num_threads(settings.threads)
    network = Network()
    network.load_state_dict(torch.load(settings.state))
    labels = read_labels(settings.images / f"{settings.split}-labels.npy")[: settings.count]
    files = {name: f"{settings.split}-{name}-{settings.severity}.npy" for name in settings.corruptions}
    streams = {
        name: read_images(settings.images / file)[: settings.count]
        for name, file in ({"clean": f"{settings.split}-images.npy"} | files).items()
    }
    print(f"{len(norm_layers(network))} norm layers, {len(labels)} images per stream")
    print("settings".ljust(34), *(name[:10].rjust(12) for name in streams), "mean".rjust(7))

    def report(title, results):
        mean = sum(hit for name, (hit, _) in results.items() if name != "clean") / len(files)
        cells = (f"{hit:6.2f}" + (f" ({resets})" if resets else "") for hit, resets in results.values())
        print(title.ljust(34), *(cell.rjust(12) for cell in cells), f"{mean:7.2f}", flush=True)

    report("source", {name: (accuracy(network, images, labels), 0) for name, images in streams.items()})
    for batch, rate, method in itertools.product(settings.batches, settings.rates, (Tent, Sar)):
        scaled = rate * batch / 64
        results = {
            name: adapted_accuracy(method, network, scaled, images, labels, batch) for name, images in streams.items()
        }
        report(f"{method.__name__} batch {batch} rate {scaled:g}", results)


if __name__ == "__main__":
    main()

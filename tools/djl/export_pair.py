"""Writes one small network both ways, small.onnx and small.pt with features, for tests of methods on either engine."""

import argparse
import pathlib

import onnx
import torch
from torch import nn

import torchscript
from export_fixtures import randomise


class Pair(nn.Module):
    """Images [N, 2, 6, 6] to 16 features, through two group norms, and to logits [N, 4]."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(2, 8, 3, padding=1)
        self.norm1 = nn.GroupNorm(2, 8)
        self.conv2 = nn.Conv2d(8, 16, 3, padding=1)
        self.norm2 = nn.GroupNorm(4, 16)
        self.head = nn.Linear(16, 4)

    def forward(self, x):
        x = self.norm1(self.conv1(x)).relu()
        x = self.norm2(self.conv2(x)).relu()
        return self.head(x.mean((2, 3)))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    torch.set_num_threads(1)
    network = randomise(Pair())
    with torch.no_grad():
        # So sure of some samples that there are reliable ones, and with no favourite among the classes.
        network.head.weight.mul_(8)
        network.head.bias.sub_(network(torch.randn(400, 2, 6, 6)).mean(0))
    images = torch.rand(4, 2, 6, 6)
    exported = torch.onnx.export(
        network, (images,), input_names=["x"], output_names=["logits"], opset_version=20,
        dynamic_shapes={"x": {0: torch.export.Dim("batch")}}, dynamo=True, verbose=False,
    ).model_proto  # fmt: skip
    for node in exported.graph.node:
        # Names paths of the machine.
        traces = [entry for entry in node.metadata_props if entry.key == "pkg.torch.onnx.stack_trace"]
        for entry in traces:
            node.metadata_props.remove(entry)
    onnx.save(exported, folder / "small.onnx")
    # Last, as hooks stay.
    torchscript.save(torchscript.with_features(network, "head"), images, folder / "small.pt")


if __name__ == "__main__":
    main()

"""Trains the network of the embedded demo and writes it as ONNX.

A small residual network with group norm learns the clean training images that ExportDemoSet wrote; no corruption is
seen in training, so what the demo's methods gain they gain at test time.
"""

import argparse
import pathlib

import numpy as np
import onnx
import torch
from torch import nn
from torch.nn import functional as F

CLASSES = 10
GROUPS = 8


class Block(nn.Module):
    """Two 3 x 3 convolutions, each with group norm, and a shortcut that is projected where the shape changes."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.norm1 = nn.GroupNorm(GROUPS, outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.norm2 = nn.GroupNorm(GROUPS, outputs)
        self.shortcut = nn.Identity()
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Conv2d(inputs, outputs, 1, stride, bias=False)

    def forward(self, x):
        y = F.relu(self.norm1(self.conv1(x)))
        return F.relu(self.norm2(self.conv2(y)) + self.shortcut(x))


class Network(nn.Module):
    """Images as float32 [N, 3, 32, 32] in 0..1 to logits [N, 10]."""

    def __init__(self, widths=(16, 32, 64), stem_stride=2):
        super().__init__()
        self.stem = nn.Conv2d(3, widths[0], 3, stem_stride, 1, bias=False)
        self.norm = nn.GroupNorm(GROUPS, widths[0])
        self.stage1 = Block(widths[0], widths[0], 1)
        self.stage2 = Block(widths[0], widths[1], 2)
        self.stage3 = Block(widths[1], widths[2], 2)
        self.classifier = nn.Linear(widths[2], CLASSES)

    def forward(self, image):
        x = (image - 0.5) / 0.25
        x = F.relu(self.norm(self.stem(x)))
        x = self.stage3(self.stage2(self.stage1(x)))
        return self.classifier(x.mean(dim=(2, 3)))


def read_images(file):
    """uint8 HWC from disk to float32 [N, 3, 32, 32] in 0..1."""
    return torch.from_numpy(np.load(file)).permute(0, 3, 1, 2).contiguous().float() / 255


def read_labels(file):
    return torch.from_numpy(np.load(file).astype(np.int64))


def augment(images):
    """Shifts by up to two pixels, and flips."""
    padded = F.pad(images, (2, 2, 2, 2), mode="reflect")
    top, left = torch.randint(0, 5, (2,)).tolist()
    images = padded[:, :, top : top + 32, left : left + 32]
    return images.flip(3) if torch.rand(()) < 0.5 else images


def train(network, images, labels, epochs, batch=128, peak_rate=0.01):
    steps = epochs * (len(images) // batch)
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, peak_rate, total_steps=steps)
    for epoch in range(epochs):
        total = 0.0
        for chosen in torch.randperm(len(images))[: len(images) // batch * batch].split(batch):
            loss = F.cross_entropy(network(augment(images[chosen])), labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item() * batch
        print(f"epoch {epoch + 1}: loss {total / len(images):.4f}", flush=True)


@torch.no_grad()
def accuracy(network, images, labels):
    hits = sum((network(x).argmax(1) == y).sum().item() for x, y in zip(images.split(500), labels.split(500)))
    return 100 * hits / len(images)


def export(network, file):
    """Writes the network, without the metadata that names paths of the machine it was exported on."""
    batch = torch.export.Dim("batch")
    program = torch.onnx.export(
        network.eval(),
        (torch.rand(4, 3, 32, 32),),
        dynamo=True,
        opset_version=20,
        input_names=["image"],
        output_names=["logits"],
        dynamic_shapes=({0: batch},),
        external_data=False,
    )
    model = program.model_proto
    model.doc_string = ""
    model.graph.doc_string = ""
    for node in model.graph.node:
        node.doc_string = ""
        kept = [entry for entry in node.metadata_props if entry.key == "pkg.torch.onnx.name_scopes"]
        del node.metadata_props[:]
        node.metadata_props.extend(kept)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, file)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("images", type=pathlib.Path, help="the folder that ExportDemoSet wrote")
    parser.add_argument("onnx", type=pathlib.Path, help="the ONNX file to write")
    parser.add_argument("--state", type=pathlib.Path, help="where to keep the network's state for sweep_demo.py")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1, help="more threads may give other weights")
    settings = parser.parse_args()
    torch.set_num_threads(settings.threads)
    torch.manual_seed(settings.seed)
    network = Network()
    train(
        network,
        read_images(settings.images / "train-images.npy"),
        read_labels(settings.images / "train-labels.npy"),
        settings.epochs,
    )
    if settings.state:
        torch.save(network.state_dict(), settings.state)
    export(network, settings.onnx)
    held_out = read_images(settings.images / "held-out-images.npy")
    labels = read_labels(settings.images / "held-out-labels.npy")
    print(f"clean held-out accuracy {accuracy(network, held_out, labels):.2f} %")


if __name__ == "__main__":
    main()

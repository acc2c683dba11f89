"""The PyTorch side of bench/compare and bench/memory: a forward pass, and a step of SAR as its authors' code takes it.

Reads commands from standard input, one a line, and answers each with one line on standard output:

  logits B FILE    writes the logits of batch B, float32 [N, C], to FILE; answers 0
  forward B        a forward pass without gradients on batch B; answers the seconds it took
  forward-one      a forward pass without gradients on one sample; answers 0
  step R B         a step of SAR on batch B with the first ceil(R N) samples reliable; answers the seconds
  resident         answers the resident set, in bytes
  peak             answers the largest resident set since the last "reset-peak", in bytes
  reset-peak       answers 0
  trim             makes the C library give back what it keeps of freed memory; answers 0

It computes only between a command and its answer. A file that export_models.py wrote is known by its name: its network
is built again and runs eagerly, as its users run it. Any other must be TorchScript, and runs as it is.
"""

import argparse
import ctypes
import math
import pathlib
import re
import sys
import time
import types

sys.modules.setdefault("torchvision._meta_registrations", types.ModuleType("unused"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "gradients"))

import numpy as np
import torch
from export_and_reference import build, entropies, norm_layers
from export_models import FAMILIES

RHO = 0.05


class Sar:
    """SAR (Niu et al., ICLR 2023) with a fixed share of reliable samples: both passes are over the whole batch."""

    def __init__(self, network, parameters):
        self.network = network
        self.parameters = parameters
        # Too small a rate to lead anywhere: every step costs the same.
        self.optimizer = torch.optim.SGD(network.parameters(), lr=1e-12, momentum=0.9)

    def step(self, images, rows):
        self.descend(images, rows)
        with torch.no_grad():
            source = [p.clone() for p in self.parameters]
            norm = torch.stack([p.grad.norm() for p in self.parameters]).norm()
            for p in self.parameters:
                p.add_(p.grad, alpha=float(RHO / (norm + 1e-12)))
        self.descend(images, rows)
        with torch.no_grad():
            for p, before in zip(self.parameters, source):
                p.copy_(before)
        self.optimizer.step()

    def descend(self, images, rows):
        self.optimizer.zero_grad()
        entropies(self.network(images))[:rows].mean().backward()


def load(file):
    """A network and the parameters of its norm layers: those whose weight has one axis, with their shifts."""
    if file.stem in FAMILIES:
        network = build(FAMILIES[file.stem], None, "random")
        return network, [p for layer in norm_layers(network).values() for p in (layer.weight, layer.bias)]
    network = torch.jit.load(file)
    named = dict(network.named_parameters())
    norms = [name.removesuffix("weight") for name, p in named.items() if name.endswith(".weight") and p.dim() == 1]
    return network, [named[prefix + part] for prefix in norms for part in ("weight", "bias")]


def memory(field):
    status = pathlib.Path("/proc/self/status").read_text()
    return 1024 * int(re.search(rf"{field}:\s+(\d+) kB", status).group(1))


def timed(run):
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("batches", type=pathlib.Path, help="little-endian float32 images, batch after batch")
    parser.add_argument("--shape", default="16,3,224,224", help="of a batch")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--layout", choices=["contiguous", "channels_last"], default="contiguous")
    parser.add_argument("--trainable", choices=["norms", "all"], default="norms")
    arguments = parser.parse_args()

    torch.set_num_threads(arguments.threads)
    network, norms = load(arguments.model)
    for parameter in network.parameters():
        parameter.requires_grad_(arguments.trainable == "all")
    for parameter in norms:
        parameter.requires_grad_(True)
    layout = torch.channels_last if arguments.layout == "channels_last" else torch.contiguous_format
    network = network.to(memory_format=layout)
    images = torch.from_numpy(np.fromfile(arguments.batches, dtype="<f4"))
    shape = [int(extent) for extent in arguments.shape.split(",")]
    batches = [b.contiguous(memory_format=layout) for b in images.view(-1, *shape)]
    sar = Sar(network, norms)

    def forward(batch):
        with torch.no_grad():
            return network(batches[int(batch)])

    def forward_one():
        with torch.no_grad():
            network(batches[0][:1])
        return 0

    def logits(batch, file):
        forward(batch).numpy().astype("<f4").tofile(file)
        return 0

    def reset_peak():
        pathlib.Path("/proc/self/clear_refs").write_text("5")
        return 0

    commands = {
        "logits": logits,
        "forward-one": forward_one,
        "forward": lambda batch: timed(lambda: forward(batch)),
        "step": lambda share, batch: timed(
            lambda: sar.step(batches[int(batch)], math.ceil(float(share) * shape[0]))
        ),
        "resident": lambda: memory("VmRSS"),
        "peak": lambda: memory("VmHWM"),
        "reset-peak": reset_peak,
        "trim": lambda: 0 * ctypes.CDLL(None).malloc_trim(0),
    }
    print(f"PyTorch {torch.__version__}", flush=True)
    for line in sys.stdin:
        name, *operands = line.split()
        print(commands[name](*operands), flush=True)


if __name__ == "__main__":
    main()

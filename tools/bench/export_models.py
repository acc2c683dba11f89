"""Exports the networks of docs/performance.md, at 224x224 with random weights, into a folder.

  resnet50_gn.onnx      timm's resnet50_gn
  vit_b16.onnx          timm's vit_base_patch16_224
  vit_b16.pt            the same as TorchScript
  resnet50_folded.onnx  timm's resnet50, its batch norm folded into the convolutions, as exporters do by default

Weights are seeded: sar_worker.py builds the same networks again from their names.
"""

import argparse
import pathlib
import sys
import types

sys.modules.setdefault("torchvision._meta_registrations", types.ModuleType("unused"))
TOOLS = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TOOLS / "gradients"), str(TOOLS / "djl")]

import torch
import torchscript
from export_and_reference import build, export

TORCHSCRIPT = {"vit_b16"}
FAMILIES = {"resnet50_gn": "resnet50_gn", "vit_b16": "vit_base_patch16_224", "resnet50_folded": "resnet50"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path, help="the output folder")
    parser.add_argument("networks", nargs="*", default=list(FAMILIES), help="default: %s" % ", ".join(FAMILIES))
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name in arguments.networks:
        network = build(FAMILIES[name], None, "random")
        example = torch.randn(2, 3, 224, 224)
        export(network, {"input": example}, arguments.out / f"{name}.onnx", "dynamo", 20)
        if name in TORCHSCRIPT:
            torchscript.save(network, example, arguments.out / f"{name}.pt")
        print(f"{name}: {(arguments.out / name).with_suffix('.onnx').stat().st_size / 2**20:.1f} MB")


if __name__ == "__main__":
    main()

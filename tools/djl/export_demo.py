"""Writes the network of the embedded demo as TorchScript, with the weights of its ONNX file.

    python tools/djl/export_demo.py \\
        stream-sim/src/main/resources/io/tta4j/stream/demo/textured-shapes-resnet-gn.onnx textured-shapes-resnet-gn.pt
"""

import argparse
import ast
import pathlib
import sys

import onnx
import onnxruntime
import torch
from onnx import numpy_helper

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "demo"))

import torchscript
import train_demo


def network_of(file):
    """The demo's network with the weights of an ONNX file, which names all but those of the norm layers."""
    graph = onnx.load(file).graph
    weights = {
        tensor.name: torch.from_numpy(numpy_helper.to_array(tensor).copy()) for tensor in graph.initializer
    }
    network = train_demo.Network()
    for name, module in torchscript.norm_layers(network):
        # The exporter writes a group norm out, its scales and shifts as a product and a sum at the end.
        for part, operator in (("weight", "Mul"), ("bias", "Add")):
            (node,) = [node for node in graph.node if node.op_type == operator and _path(node) == name]
            weights[f"{name}.{part}"] = weights[node.input[1]].flatten()
    network.load_state_dict({name: weights[name] for name in network.state_dict()})
    return network.eval()


def _path(node):
    """The dotted path of the module that a node came of."""
    (scopes,) = [entry.value for entry in node.metadata_props if entry.key == "pkg.torch.onnx.name_scopes"] or ["[]"]
    return (["", *ast.literal_eval(scopes)])[-2]


def check(network, file):
    """Both must give the same logits."""
    images = torch.rand(16, 3, 32, 32)
    (expected,) = onnxruntime.InferenceSession(file).run(None, {"image": images.numpy()})
    with torch.no_grad():
        torch.testing.assert_close(network(images), torch.from_numpy(expected), atol=1e-4, rtol=1e-4)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("onnx", type=pathlib.Path)
    parser.add_argument("torchscript", type=pathlib.Path)
    parser.add_argument("--theta", action="store_true", help="take the norm parameters as an input")
    settings = parser.parse_args()
    network = network_of(settings.onnx)
    check(network, settings.onnx)
    save = torchscript.save_with_theta if settings.theta else torchscript.save
    save(network, torch.rand(4, 3, 32, 32), settings.torchscript)


if __name__ == "__main__":
    main()

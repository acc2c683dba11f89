"""Exports a network of timm and computes, with PyTorch, the gradients that the ONNX engine must arrive at.

Writes three files to the output folder:

  model.onnx     the network, as one of PyTorch's exporters writes it
  input.npy      a batch of random images, float32 [N, 3, H, W]
  reference.npz  the gradient of the batch's mean softmax entropy with respect to every norm layer's weight and bias,
                 named as in the state dict; logits [N, C]; sample_gradient_norm [N], the L2 norm of each sample's own
                 entropy gradient (left out where batch norm uses the batch's statistics)

Weights are random and seeded. Parameters that networks start with at 0, 1 or nearly 0 are moved away from there, so
that every path of the gradient counts.

A ReLU has no gradient at 0, and of millions of its inputs a few lie so close to 0 that rounding decides their sign:
then PyTorch's own gradients in single and in double precision differ by a percent. So images are drawn until enough of
them are clear of that. Few large images are, hence --size: 64 does for a ResNet-50.
"""

import argparse
import copy
import pathlib
import re

import numpy as np
import torch
from torch import nn

# What the classes of norm layers are called that are not PyTorch's own, and those that only sound like it.
NORM = re.compile(r"norm|^evo|^rms", re.IGNORECASE)
NOT_NORM = re.compile(r"^GlobalResponseNorm$|Conv")

# What an exporter is called here, and the operator set that it writes by default.
EXPORTERS = {"dynamo": 20, "dynamo-plain": 20, "torchscript": 17}


def build(family, size, parameters):
    """A network with random weights whose gradients are far from vanishing."""
    import timm

    torch.manual_seed(0)
    network = timm.create_model(family, pretrained=False).eval()
    if size is not None and network.default_cfg.get("fixed_input_size"):
        torch.manual_seed(0)
        network = timm.create_model(family, pretrained=False, img_size=size).eval()
    with torch.no_grad():
        if parameters == "random":
            for layer in norm_layers(network).values():
                layer.weight.copy_(1 + 0.1 * torch.randn_like(layer.weight))
                if getattr(layer, "bias", None) is not None:
                    layer.bias.copy_(0.1 * torch.randn_like(layer.bias))
                if isinstance(layer, nn.modules.batchnorm._BatchNorm):
                    layer.running_mean.normal_(0, 0.1)
                    layer.running_var.uniform_(0.5, 1.5)
        for name, parameter in network.named_parameters():
            if name.endswith("gamma"):  # the layer scales of ConvNeXt and its like
                parameter.fill_(0.5)
        classifier = network.get_classifier()
        classifier.weight.normal_(0, 2 / classifier.in_features**0.5)
    return network


def norm_layers(network):
    """Norm layers by module path: norms with one-dimensional scales."""
    return {name: module for name, module in network.named_modules() if is_norm(module)}


def is_norm(module):
    """By class name, as PReLU and layer scales have a one-dimensional weight too."""
    weight = getattr(module, "weight", None)
    name = type(module).__name__
    return isinstance(weight, nn.Parameter) and weight.dim() == 1 and NORM.search(name) and not NOT_NORM.search(name)


def relu_inputs(network, images):
    """What goes into every ReLU module, in the order of the calls."""
    inputs = []
    hooks = [
        module.register_forward_pre_hook(lambda _, arguments: inputs.append(arguments[0].clone().flatten(1)))
        for module in network.modules()
        if isinstance(module, nn.ReLU)
    ]
    with torch.no_grad():
        network(images)
    for hook in hooks:
        hook.remove()
    return inputs


def clear_of_kinks(network, exact, images):
    """Which images put no ReLU so close to 0 that rounding could decide its sign: [N] of booleans."""
    clear = torch.ones(len(images), dtype=torch.bool)
    for single, double in zip(relu_inputs(network, images), relu_inputs(exact, images.double())):
        rounding = (single - double).std()
        clear &= (double.abs() > 4 * rounding).all(dim=1)
    return clear


def draw_images(network, count, size, most=400):
    """Seeded random images that are clear of kinks; takes any where too few of those drawn are."""
    generator = torch.Generator().manual_seed(1)
    exact = copy.deepcopy(network).double()
    kept = torch.empty(0, 3, size, size)
    for _ in range(0, most, count):
        images = torch.randn(count, 3, size, size, generator=generator)
        kept = torch.cat([kept, images[clear_of_kinks(network, exact, images)]])[:count]
        if len(kept) == count:
            return kept
    print(f"only {len(kept)} of {most} images are clear of kinks: gradients are not exact to more than some percent")
    return torch.cat([kept, images])[:count]


def entropies(logits):
    """The softmax entropy of each row, in nats."""
    logs = logits.log_softmax(dim=1)
    return -(logs.exp() * logs).sum(dim=1)


def logits_of(outputs):
    """The output called so, or the first, where there are several."""
    if hasattr(outputs, "logits"):
        return outputs.logits
    return outputs[0] if isinstance(outputs, (tuple, list)) else outputs


def parameters_of_norms(network):
    """Scales and shifts of the norm layers, by name in the state dict."""
    parameters = {}
    for path, layer in norm_layers(network).items():
        parameters[f"{path}.weight"] = layer.weight
        if getattr(layer, "bias", None) is not None:
            parameters[f"{path}.bias"] = layer.bias
    return parameters


def reference(network, *inputs):
    """The arrays of reference.npz. All parameters keep their gradients on, as some of PyTorch's kernels need it."""
    parameters = parameters_of_norms(network)

    def gradient(loss, **options):
        found = torch.autograd.grad(loss, list(parameters.values()), allow_unused=True, **options)
        return [torch.zeros_like(p) if g is None else g for p, g in zip(parameters.values(), found)]

    logits = logits_of(network(*inputs))
    if not parameters:
        return {"logits": logits.detach().numpy()}
    losses = entropies(logits)
    arrays = dict(zip(parameters, gradient(losses.mean(), retain_graph=True)))
    arrays["logits"] = logits
    norms = []
    for loss in losses:
        norms.append(torch.cat([g.flatten() for g in gradient(loss, retain_graph=True)]).norm())
    arrays["sample_gradient_norm"] = torch.stack(norms)
    return {name: array.detach().numpy() for name, array in arrays.items()}


def export(network, inputs, file, exporter, opset):
    """Writes one self-contained file with a batch axis of any extent. Inputs are by name, in the order of the arguments."""
    settings = {"opset_version": opset, "input_names": list(inputs), "output_names": ["logits"]}
    if exporter == "torchscript":
        torch.onnx.export(
            network,
            tuple(inputs.values()),
            str(file),
            dynamo=False,
            dynamic_axes={name: {0: "batch"} for name in [*inputs, "logits"]},
            # Both keep batch norm from being folded into the convolutions; eval() has set how it computes.
            training=torch.onnx.TrainingMode.PRESERVE,
            do_constant_folding=False,
            **settings,
        )
        return None
    batch = torch.export.Dim("batch", min=1, max=4096)
    return torch.onnx.export(
        network,
        tuple(inputs.values()),
        str(file),
        dynamo=True,
        dynamic_shapes=tuple({0: batch} for _ in inputs),
        external_data=False,
        optimize=exporter == "dynamo",
        **settings,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("family", help="a model name of timm, such as vit_base_patch16_224")
    parser.add_argument("out", type=pathlib.Path, help="the output folder")
    parser.add_argument(
        "--exporter",
        choices=EXPORTERS,
        default="dynamo",
        help="dynamo-plain is dynamo without graph optimisation, which would fold batch norm (default: %(default)s)",
    )
    parser.add_argument("--opset", type=int, help="default: %s" % ", ".join(f"{k} {v}" for k, v in EXPORTERS.items()))
    parser.add_argument("--batch", type=int, default=4, help="samples in the batch (default: %(default)s)")
    parser.add_argument("--size", type=int, help="height and width of the images (default: the network's own)")
    parser.add_argument(
        "--norms",
        choices=["random", "initial"],
        default="random",
        help="scales and shifts of the norm layers; initial ones are equal, so that exporters merge them",
    )
    parser.add_argument("--threads", type=int, default=2, help="for PyTorch (default: %(default)s)")
    arguments = parser.parse_args()

    torch.set_num_threads(arguments.threads)
    network = build(arguments.family, arguments.size, arguments.norms)
    size = arguments.size or network.default_cfg["input_size"][-1]
    images = draw_images(network, arguments.batch, size)
    arguments.out.mkdir(parents=True, exist_ok=True)
    np.save(arguments.out / "input.npy", images.numpy())
    arrays = reference(network, images)
    np.savez(arguments.out / "reference.npz", **arrays)
    opset = arguments.opset or EXPORTERS[arguments.exporter]
    export(network, {"image": images}, arguments.out / "model.onnx", arguments.exporter, opset)
    print(f"{arguments.family}: {len(norm_layers(network))} norm layers, {arguments.exporter}, opset {opset}")


if __name__ == "__main__":
    main()

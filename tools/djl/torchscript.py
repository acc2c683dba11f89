"""Saves networks as TorchScript modules that tta4j's DJL engine adapts."""

import inspect
import os
import zipfile

import torch
from torch.nn.utils import stateless


def norm_layers(network):
    """Names and modules of the norm layers: those whose weight has one axis, in order of registration.

    PReLU's weight has one axis too, and scales no normalised values.
    """
    return [
        (name, module)
        for name, module in network.named_modules()
        if name
        and not isinstance(module, torch.nn.PReLU)
        and getattr(module, "weight", None) is not None
        and module.weight.dim() == 1
    ]


def theta(network):
    """The scales and shifts of all norm layers as one flat tensor: a layer's scales, then its shifts."""
    return torch.cat([value.detach() for _, value in _parameters(network)])


def save(network, example, file):
    """Traces the network on example inputs and saves it; the example's shape says what the module is fed."""
    write(torch.jit.trace(network.eval(), example), file)


def write(module, file):
    """Saves a module without the debugging files, which name paths of the machine it was exported on."""
    whole = f"{file}.whole"
    torch.jit.save(module, whole)
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as target:
        for entry in source.infolist():
            if not entry.filename.endswith(".debug_pkl"):
                target.writestr(zipfile.ZipInfo(entry.filename), source.read(entry))
    os.remove(whole)


def with_features(network, classifier):
    """Has the network return (logits, features): what its classifier, the submodule of that name, is fed."""
    fed = []
    network.get_submodule(classifier).register_forward_pre_hook(lambda module, inputs: fed.append(inputs[0]))
    network.register_forward_hook(lambda module, inputs, logits: (logits, fed.pop()))
    return network


def save_with_theta(network, example, file):
    """Saves the network with its norm parameters as one more input, called theta, behind its own.

    Such a module runs for any number of threads at once, each with parameters of its own. It keeps the parameters
    themselves, under their names, as the values of the source state.
    """
    example = tuple(example) if isinstance(example, (tuple, list)) else (example,)
    original = type(network)
    named = _parameters(network.eval())
    network.__class__ = type(original.__name__, (original,), {"forward": _forward(original, named)})
    try:
        traced = torch.jit.trace(network, (*example, theta(network)))
    finally:
        network.__class__ = original
    write(traced, file)


def _parameters(network):
    return [
        (f"{name}.{part}", getattr(module, part))
        for name, module in norm_layers(network)
        for part in ("weight", "bias")
        if getattr(module, part, None) is not None
    ]


def _forward(original, named):
    """A forward method with the arguments of the original and theta, under names that the tracer can read."""

    sizes = [value.numel() for _, value in named]

    def run(network, inputs, flat):
        parts = flat.split(sizes)
        with stateless._reparametrize_module(network, {name: part for (name, _), part in zip(named, parts)}):
            return original.forward(network, *inputs)

    arguments = list(inspect.signature(original.forward).parameters)[1:]
    scope = {"run": run}
    exec(f"def forward(self, {', '.join(arguments)}, theta): return run(self, ({', '.join(arguments)},), theta)", scope)
    return scope["forward"]

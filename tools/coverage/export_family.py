"""Exports one family and computes its reference: what coverage.py runs as a process of its own.

Writes to <work>/<family>/: input.npy (or input.npz), weights.pt, reference.npz and meta.json, which the exporters share,
and <exporter>/model.onnx with a meta.json that says how the export went.
"""

import argparse
import contextlib
import copy
import json
import pathlib
import resource
import time
import traceback

import numpy as np
import torch
from torch import nn

import kinks
import networks
from gradients import FLOOR, LOGITS, SAMPLE_NORMS, difference, entropies, export, logits_of, parameters_of_norms, reference

# Where the gradients in single and double precision are this close, the samples are clear of kinks.
CLEAR = 1e-4

# How often samples are tried with noise.
NUDGES = 3

# Under this norm a gradient says nothing.
LEAST = 1e-4

OPSETS = {"dynamo": 20, "torchscript": 17}


def gradient(network, inputs):
    """The gradient of one sample's entropy, every parameter array of the norm layers by name."""
    parameters = parameters_of_norms(network) or dict(network.named_parameters())
    entropy = entropies(logits_of(network(*inputs.values()))).sum()
    found = torch.autograd.grad(entropy, list(parameters.values()), allow_unused=True)
    return {n: (torch.zeros_like(p) if g is None else g).numpy() for (n, p), g in zip(parameters.items(), found)}


def worst(found, expected):
    """The largest relative difference of an array, as compare.py measures it."""
    whole = np.sqrt(sum(np.square(array, dtype=np.float64).sum() for array in expected.values()))
    return float(max(difference(found[name], array, max(FLOOR * whole, 1e-30)) for name, array in expected.items()))


def in_double(inputs):
    return {name: tensor.double() if tensor.is_floating_point() else tensor for name, tensor in inputs.items()}


def nudged(inputs, seed):
    """The same but for a little more than rounding, so that what rounding decides is decided anew."""
    noise = torch.Generator().manual_seed(seed)
    return {
        name: tensor * (1 + 3e-7 * torch.randn(tensor.shape, generator=noise)) if tensor.is_floating_point() else tensor
        for name, tensor in inputs.items()
    }


def double_copy(case):
    """The network in double precision, or nothing where its code insists on single."""
    exact = copy.deepcopy(case.network).double()
    try:
        with torch.no_grad():
            exact(*in_double(case.draw()).values())
    except RuntimeError:
        return None
    return exact


def rounding(case, inputs):
    """How far the gradients in single precision are from those in double, and from each other."""
    exact = double_copy(case)
    single = gradient(case.network, inputs)
    expected = gradient(exact, in_double(inputs)) if exact is not None else single
    error = worst(single, expected)
    for seed in range(NUDGES):
        error = max(error, worst(gradient(case.network, nudged(inputs, seed)), expected))
    return error


def draw(case, count, most, seconds):
    """Samples for which the network is moved clear of kinks, so that gradients do not hang on rounding: max pools and
    what has no shift in front of it can be cleared by other samples only. The best of those drawn, the difference that
    is left, and how often samples were drawn."""
    began, best, drawn = time.monotonic(), None, 0
    while drawn < most and (best is None or best[0] > CLEAR and time.monotonic() - began < seconds):
        samples = [case.draw() for _ in range(count)]
        inputs = {name: torch.cat([sample[name] for sample in samples]) for name in samples[0]}
        kinks.clear(case.network, inputs)
        networks.scale_logits(case.network, inputs)
        error, drawn = rounding(case, inputs), drawn + 1
        if best is None or error < best[0]:
            best = error, inputs, copy.deepcopy(case.network.state_dict())
    error, inputs, weights = best
    case.network.load_state_dict(weights)
    return inputs, error, drawn


@contextlib.contextmanager
def hooks(handles):
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def convolution_outputs(network, inputs):
    """What each convolution puts out, by path and call; which batch norms take such an output; the logits.

    A copy goes on, as an activation may change it in place.
    """
    outputs, copies, normed = {}, {}, {}

    def leave(path):
        def hook(module, arguments, output):
            outputs.setdefault(path, []).append(output)
            copies.setdefault(path, []).append(output.clone())
            return copies[path][-1]

        return hook

    def enter(path):
        def hook(module, arguments):
            for convolution, calls in copies.items():
                if any(output is arguments[0] for output in calls):
                    normed.setdefault(convolution, []).append(path)

        return hook

    handles = []
    for path, module in network.named_modules():
        if isinstance(module, nn.modules.conv._ConvNd):
            handles.append(module.register_forward_hook(leave(path)))
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            handles.append(module.register_forward_pre_hook(enter(path)))
    with hooks(handles):
        logits = logits_of(network(*inputs.values()))
    return outputs, normed, logits


def inserted(network, inputs, arrays):
    """The gradients of scales and shifts that are inserted behind convolutions, by name; the pairs with a batch norm;
    which of these batch norms see a single position, as in squeeze-and-excitation, where the engine inserts nothing.

    Behind a convolution that batch norm was folded into: ds = gamma * dgamma + beta * dbeta, dt = dbeta. Behind
    another: from the gradient of its output y, ds = sum of dy * y and dt = sum of dy.
    """
    outputs, normed, logits = convolution_outputs(network, inputs)
    parameters = dict(network.named_parameters())
    pairs = {conv: norms[0] for conv, norms in normed.items() if len(norms) == 1 and len(outputs[conv]) == 1}
    single = [norm for convolution, norm in pairs.items() if outputs[convolution][0][0, 0].numel() == 1]
    found = {}
    for convolution, norm in pairs.items():
        if f"{norm}.weight" not in arrays:
            continue
        gamma, beta = (parameters[f"{norm}.{name}"].detach().numpy() for name in ("weight", "bias"))
        scales, shifts = arrays[f"{norm}.weight"], arrays[f"{norm}.bias"]
        found[f"{convolution}.inserted.weight"] = gamma * scales + beta * shifts
        found[f"{convolution}.inserted.bias"] = shifts
    alone = [(path, y) for path, calls in outputs.items() if path not in normed for y in calls if y.requires_grad]
    if not alone:
        return found, pairs, single
    gradients = torch.autograd.grad(entropies(logits).mean(), [y for _, y in alone], allow_unused=True)
    for (path, y), dy in zip(alone, gradients):
        if dy is None:
            continue
        axes = [axis for axis in range(y.dim()) if axis != 1]
        for name, array in (("weight", (dy * y).sum(axes)), ("bias", dy.sum(axes))):
            name = f"{path}.inserted.{name}"
            found[name] = found.get(name, 0) + array.detach().numpy()
    return found, pairs, single


def prepare(case, folder, count, most, seconds):
    """Writes what the exporters share: inputs, reference, meta."""
    inputs, own_error, drawn = draw(case, count, most, seconds)
    torch.save(case.network.state_dict(), folder / "weights.pt")
    arrays = {name: tensor.numpy() for name, tensor in inputs.items()}
    if list(arrays) == ["image"]:
        np.save(folder / "input.npy", arrays["image"])
    else:
        np.savez(folder / "input.npz", **arrays)
    expected = reference(case.network, *inputs.values())
    gradients = [array for name, array in expected.items() if name not in (LOGITS, SAMPLE_NORMS)]
    size = np.sqrt(sum(np.square(array, dtype=np.float64).sum() for array in gradients))
    if gradients and not size > LEAST:
        raise ValueError(f"the gradient vanishes: its norm is {size:.1e}")
    np.savez(folder / "reference.npz", **expected)
    extra, pairs, single = inserted(case.network, inputs, expected)
    np.savez(folder / "reference-inserted.npz", **extra)
    layers = parameters_of_norms(case.network)
    kinds = {type(module).__name__ for module in networks.norm_layers(case.network).values()}
    meta = {
        "model": case.model,
        "settings": networks.SHRUNK.get(folder.name, {}),
        "shape": case.shape,
        "parameters": sum(parameter.numel() for parameter in case.network.parameters()),
        "norm_layers": sum(name.endswith(".weight") for name in layers),
        "kinds": sorted(kinds),
        "batch_norms": sum(isinstance(m, nn.modules.batchnorm._BatchNorm) for m in case.network.modules()),
        "folded": pairs,
        "single_position": single,
        "drawn": drawn,
        "own_error": own_error,
        "gradient_norm": float(size),
    }
    (folder / "meta.json").write_text(json.dumps(meta, indent=1))
    return inputs


def load_inputs(folder):
    if (folder / "input.npy").exists():
        return {"image": torch.from_numpy(np.load(folder / "input.npy"))}
    return {name: torch.from_numpy(array) for name, array in np.load(folder / "input.npz").items()}


def check(case, inputs, folder):
    """The network must be the one that the reference is of, although it was built anew."""
    with torch.no_grad():
        logits = logits_of(case.network(*inputs.values())).numpy()
    error = difference(logits, np.load(folder / "reference.npz")["logits"])
    if not error < 1e-4:
        raise ValueError(f"a network built anew has other logits than the reference ({error:.1e})")


def write_attention_out(network):
    """Makes timm's blocks compute attention from its parts instead of by PyTorch's one function; whether any did."""
    fused = [module for module in network.modules() if getattr(module, "fused_attn", False)]
    for module in fused:
        module.fused_attn = False
    return bool(fused)


def attempt(folder, work, **facts):
    """Runs one export and writes how it went."""
    folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    meta = {"ok": True, **facts}
    try:
        work(folder / "model.onnx")
    except Exception as error:  # of any kind: it is what the table reports
        meta = {"ok": False, **facts, "error": f"{type(error).__name__}: {error}", "trace": traceback.format_exc()[-6000:]}
    meta["seconds"] = round(time.monotonic() - began, 1)
    (folder / "meta.json").write_text(json.dumps(meta, indent=1))
    return meta["ok"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("family")
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("exporter", choices=["dynamo", "torchscript"])
    parser.add_argument("--model", help="timm's name of the network (default: the smallest of the family)")
    parser.add_argument("--batch", type=int, default=2)
    parser.add_argument("--draws", type=int, default=20, help="how often to draw samples at most, to find some clear of kinks")
    parser.add_argument("--seconds", type=int, default=20, help="and for how long at most")
    parser.add_argument("--memory", type=float, default=12, help="in GB (default: %(default)s)")
    parser.add_argument("--limit", type=int, default=600, help="of processor time, in seconds (default: %(default)s)")
    arguments = parser.parse_args()
    memory = int(arguments.memory * 2**30)
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (arguments.limit, arguments.limit + 10))
    torch.set_num_threads(1)

    folder = arguments.work / arguments.family
    folder.mkdir(parents=True, exist_ok=True)
    case = networks.build(arguments.family, arguments.model)
    if (folder / "meta.json").exists():
        inputs = load_inputs(folder)
        case.network.load_state_dict(torch.load(folder / "weights.pt"))
        check(case, inputs, folder)
    else:
        inputs = prepare(case, folder, arguments.batch, arguments.draws, arguments.seconds)
    meta = json.loads((folder / "meta.json").read_text())
    opset = OPSETS[arguments.exporter]
    programs = []

    def write(file):
        form = {"dynamo": "dynamo-plain"}.get(arguments.exporter, arguments.exporter)
        programs.append(export(case.network, inputs, file, form, opset))

    written = attempt(folder / arguments.exporter, write)
    if not written and write_attention_out(case.network):
        written = attempt(folder / arguments.exporter, write, note="attention written out")
    if arguments.exporter == "torchscript":
        return
    if written and (meta["folded"] or not meta["norm_layers"]):

        def fold(file):
            # What the exporter does by default.
            programs[0].optimize()
            programs[0].save(str(file), external_data=False)

        attempt(folder / "folded", fold)


if __name__ == "__main__":
    main()

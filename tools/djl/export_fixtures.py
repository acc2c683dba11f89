"""Writes the small modules that the DJL engine's tests load, and what PyTorch computes with them."""

import argparse
import pathlib

import torch
from torch import nn

import torchscript


class Small(nn.Module):
    """Images [N, 2, 6, 6] to logits [N, 3], through a group norm and a layer norm; a third norm is never called."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 4, 3)
        self.first = nn.GroupNorm(2, 4)
        self.unused = nn.LayerNorm(4)
        self.rectifier = nn.PReLU(4)
        self.second = nn.LayerNorm(4)
        self.head = nn.Linear(4, 3)

    def forward(self, x):
        x = self.rectifier(self.first(self.conv(x)))
        return self.head(self.second(x.mean((2, 3))))


class Ending(Small):
    """The small network, its logits passed on through a function."""

    def __init__(self, end):
        super().__init__()
        self.end = end

    def forward(self, x):
        return self.end(super().forward(x))


class Returning(Small):
    """The small network, returning what a function makes of its input, features and logits."""

    def __init__(self, end):
        super().__init__()
        self.end = end

    def forward(self, x):
        features = self.second(self.rectifier(self.first(self.conv(x))).mean((2, 3)))
        return self.end(x, features, self.head(features))


ENDS = {
    "features-named.pt": lambda x, features, logits: {"input": x, "embedding": features, "logits": logits},
    "features-map.pt": lambda x, features, logits: (logits, x),
    "features-batch.pt": lambda x, features, logits: (logits, features @ features.T),
    "features-doubled.pt": lambda x, features, logits: (logits, 2 * features[:, :, None]),
}


class WithoutNorm(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(6, 3)

    def forward(self, x):
        return self.head(x)


class BatchNorm(nn.Module):
    """Features [N, 6] to logits [N, 3] through batch norm and dropout."""

    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(6)
        self.dropout = nn.Dropout()
        self.head = nn.Linear(6, 3)

    def forward(self, x):
        return self.head(self.dropout(self.norm(x)))


def randomise(network):
    """Parameters and statistics as a trained network has them, not all ones and zeros."""
    for name, value in network.state_dict().items():
        if name.endswith("running_var"):
            value.uniform_(0.5, 1.5)
        elif value.is_floating_point():
            value.copy_(torch.randn_like(value) * 0.3 + (1 if value.dim() == 1 and name.endswith("weight") else 0))
    return network.eval()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    torch.set_num_threads(1)
    images = torch.rand(4, 2, 6, 6)
    small = randomise(Small())
    torchscript.save(small, images, folder / "small.pt")
    torchscript.write(torch.jit.script(small), folder / "scripted.pt")
    torchscript.write(torch.jit.freeze(torch.jit.script(small)), folder / "frozen.pt")
    torchscript.write(torch.jit.optimize_for_inference(torch.jit.script(small)), folder / "optimised.pt")
    torch.save(small.state_dict(), folder / "state.pt")
    softmax = Ending(nn.Softmax(1))
    softmax.load_state_dict(small.state_dict())
    torchscript.save(softmax.eval(), images, folder / "softmax.pt")
    torchscript.save(Ending(nn.Unflatten(1, (3, 1))), images, folder / "rank.pt")
    with_theta = Small()
    with_theta.load_state_dict(small.state_dict())
    # The layer that is never called is no input of the forward method.
    with_theta.unused = nn.Identity()
    torchscript.save_with_theta(with_theta, images, folder / "theta.pt")
    features = torch.rand(4, 6)
    torchscript.save(WithoutNorm(), features, folder / "no-norm.pt")
    batch_norm = randomise(BatchNorm())
    torchscript.save(batch_norm, features, folder / "batch-norm.pt")
    training = torch.jit.trace(batch_norm.train(), features, check_trace=False)
    torchscript.write(training, folder / "training.pt")
    reference(small, folder / "small.txt")
    features_reference(small, folder / "features.txt")
    for file, end in ENDS.items():
        returning = Returning(end)
        returning.load_state_dict(small.state_dict())
        torchscript.write(torch.jit.trace(returning.eval(), images, strict=False), folder / file)
    # Last, as hooks stay: these networks return their features from here on.
    torchscript.save(torchscript.with_features(small, "head"), images, folder / "features.pt")
    torchscript.save_with_theta(torchscript.with_features(with_theta, "head"), images, folder / "features-theta.pt")


def features_reference(network, file):
    """Features at two thetas, a number a line: x, logits, features; theta, logits and features there; W."""
    x = torch.rand(4, 2, 6, 6)
    fed = []
    hook = network.head.register_forward_pre_hook(lambda module, inputs: fed.append(inputs[0]))
    logits = network(x)
    used = [layer for name, layer in torchscript.norm_layers(network) if name != "unused"]
    source = {name: value.clone() for name, value in network.state_dict().items()}
    with torch.no_grad():
        for layer in used:
            layer.weight.add_(0.1 * torch.randn(4))
            layer.bias.add_(0.1 * torch.randn(4))
    theta = torch.cat([part for layer in used for part in (layer.weight, layer.bias)])
    moved = network(x)
    hook.remove()
    write_values((x, logits, fed[0], theta, moved, fed[1], network.head.weight), file)
    network.load_state_dict(source)


def reference(network, file):
    """Logits and gradient of a batch, a number a line: x, seed, logits, and the gradient of sum(logits * seed)."""
    x = torch.rand(4, 2, 6, 6)
    seed = torch.randn(4, 3)
    logits = network(x)
    names = [f"{name}.{part}" for name in ("first", "second") for part in ("weight", "bias")]
    parameters = dict(network.named_parameters())
    gradients = torch.autograd.grad((logits * seed).sum(), [parameters[name] for name in names])
    write_values((x, seed, logits, *gradients), file)


def write_values(parts, file):
    values = torch.cat([part.detach().flatten() for part in parts])
    file.write_text("".join(f"{value:.9g}\n" for value in values.tolist()))


if __name__ == "__main__":
    main()

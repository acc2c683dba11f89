"""Ten steps of each method in PyTorch and double precision, for PeerTraceTest of tta-sar.

The network is the test's: images go through a fixed projection, then through one scale and one shift a class, which are
what adapts. Losses and optimizers are PyTorch's own; filters, weights and the rest are written after the papers.
"""

import argparse
import math
import struct

import numpy as np
import torch

STEPS, BATCH, CLASSES, SIDE, PATCHES = 10, 16, 6, 8, 4
RATE, MOMENTUM = 0.05, 0.9
MARGIN = 0.4 * math.log(CLASSES)
MASK = (1 << 64) - 1


def entropy(z):
    return -(z.softmax(1) * z.log_softmax(1)).sum(1)


def come(z):
    norm = z.norm(dim=1, keepdim=True)
    z = z / norm * norm.detach()
    total = z.exp().sum(1, keepdim=True) + CLASSES
    opinion = torch.cat([z.exp() / total, CLASSES / total], 1) + 1e-7
    return -(opinion * opinion.log()).sum(1)


def likelihood_ratio(z):
    p = z.softmax(1).clamp(max=0.99)
    return -(p * torch.log(p / (1 - p) + 1e-5)).sum(1)


class Network:
    """logits = w * (projection of x) + b; theta = (w, b)."""

    def __init__(self, projection, adam=False):
        self.projection = projection
        self.source = torch.cat([torch.ones(CLASSES), torch.zeros(CLASSES)]).double()
        self.theta = self.source.clone().requires_grad_()
        self.adam = adam
        self.reset_optimizer()

    def reset_optimizer(self):
        choose = torch.optim.Adam if self.adam else torch.optim.SGD
        betas = {"betas": (MOMENTUM, 0.999)} if self.adam else {"momentum": MOMENTUM}
        self.optimizer = choose([self.theta], RATE, **betas)

    def reset(self):
        self.theta.data.copy_(self.source)
        self.reset_optimizer()

    def __call__(self, x):
        return x @ self.projection.T * self.theta[:CLASSES] + self.theta[CLASSES:]

    def step(self, loss):
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()


def average(q, p):
    return p.mean(0) if q is None else 0.9 * q + 0.1 * p.mean(0)


def tent(net, stream, loss=entropy):
    for x in stream:
        net.step(loss(net(x)).mean())
        yield net.theta


def sar(net, stream, loss=entropy, rho=0.05):
    for x in stream:
        first = loss(net(x))
        kept = first < MARGIN
        (g,) = torch.autograd.grad(first[kept].mean(), net.theta)
        old = net.theta.detach().clone()
        net.theta.data += rho * g / (g.norm() + 1e-12)
        second = loss(net(x))
        net.optimizer.zero_grad()
        second[kept & (second < MARGIN)].mean().backward()
        net.theta.data.copy_(old)
        net.optimizer.step()
        yield net.theta


def eata(net, stream, loss=entropy, fisher=None, beta=0.0, limit=1.4 / math.sqrt(CLASSES), period=0):
    q = None
    for step, x in enumerate(stream):
        if period and step and step % period == 0:
            net.reset()
            q = None
        z = net(x)
        h, p = loss(z), z.softmax(1).detach()
        kept = h < MARGIN
        if q is not None:
            kept &= torch.nn.functional.cosine_similarity(q[None], p, dim=1) < limit
        if kept.any():
            total = (torch.exp(MARGIN - h.detach()) * h)[kept].mean()
            if fisher is not None:
                total = total + beta * (fisher * (net.theta - net.source) ** 2).sum()
            net.step(total)
            q = average(q, p[kept])
        yield net.theta


def mix(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def signed(z):
    return z - (1 << 64) if z >> 63 else z


def shuffled(image):
    """Patches in an order of SplitMix64 keys, which are seeded by the pixels."""
    key = 0
    for pixel in image:
        bits = struct.unpack("<i", struct.pack("<f", pixel))[0]
        key = (31 * key + bits) & MASK
    keys = [signed(mix((key + (i + 1) * 0x9E3779B97F4A7C15) & MASK)) for i in range(PATCHES**2)]
    order = np.argsort(keys, kind="stable")
    size = SIDE // PATCHES
    cut = image.reshape(PATCHES, size, PATCHES, size).transpose(0, 2, 1, 3).reshape(-1, size, size)[order]
    return cut.reshape(PATCHES, PATCHES, size, size).transpose(0, 2, 1, 3).reshape(-1)


def deyo(net, stream, drop=0.5):
    for x in stream:
        z = net(x)
        h, p = entropy(z), z.softmax(1).detach()
        destroyed = torch.tensor(np.stack([shuffled(image) for image in x.numpy()]))
        label = p.argmax(1, keepdim=True)
        plpd = (p.gather(1, label) - net(destroyed).softmax(1).detach().gather(1, label))[:, 0]
        kept = (h < 0.5 * math.log(CLASSES)) & (plpd > drop)
        if kept.any():
            weight = torch.exp(MARGIN - h.detach()) + torch.exp(plpd)
            net.step((weight * h)[kept].mean())
        yield net.theta


def scaled(v):
    return (v - v.min()) / (v.max() - v.min())


def roid(net, stream, answers):
    q = torch.full((CLASSES,), 1 / CLASSES).double()
    for x in stream:
        z = net(x)
        p = z.softmax(1).detach()
        diversity = scaled(1 - torch.nn.functional.cosine_similarity(q[None], p, dim=1))
        certainty = scaled(-entropy(z.detach()))
        weight = torch.exp(diversity * certainty * 3)
        weight[diversity < diversity.mean()] = 0
        net.step((weight * likelihood_ratio(z)).sum() / len(x))
        net.theta.data.mul_(0.99).add_(0.01 * net.source)
        q = average(q, p)
        r = p.mean(0)
        smoothing = max(1 / len(x), 1 / CLASSES) / r.max()
        prior = (r + smoothing) / (1 + smoothing * CLASSES)
        answers.append((p * prior / (p * prior).sum(1, keepdim=True)).numpy())
        yield net.theta


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    random = np.random.default_rng(7)
    stream = random.normal(0.3, 1, (STEPS, BATCH, SIDE * SIDE)).astype(np.float32)
    projection = (random.normal(0, 0.45, (CLASSES, SIDE * SIDE))).astype(np.float32)
    fisher = random.uniform(0, 1, 2 * CLASSES).astype(np.float32)
    images = torch.tensor(stream.astype(np.float64))
    weights = torch.tensor(projection.astype(np.float64))

    def network(adam=False):
        return Network(weights, adam)

    answers = []
    runs = {
        "tent": tent(network(), images),
        "tent-adam": tent(network(adam=True), images),
        "come": tent(network(), images, come),
        "sar-come": sar(network(), images, come),
        "eta": eata(network(), images),
        "eta-come": eata(network(), images, come),
        "eata": eata(network(), images, fisher=torch.tensor(fisher.astype(np.float64)), beta=0.5),
        "rdumb": eata(network(), images, period=4),
        "deyo": deyo(network(), images),
        "roid": roid(network(), images, answers),
    }
    arrays = {"stream": stream, "projection": projection, "fisher": fisher}
    for name, thetas in runs.items():
        arrays[name] = np.stack([theta.detach().numpy().copy() for theta in thetas])
        assert np.isfinite(arrays[name]).all(), name
        print(name, np.abs(arrays[name][-1] - arrays[name][0]).max())
    arrays["roid-answers"] = np.stack(answers)
    np.savez_compressed(options.out, **arrays)


if __name__ == "__main__":
    main()

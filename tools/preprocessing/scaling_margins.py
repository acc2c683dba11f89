"""What the scaling check's margins rest on: how often it warns, fed rightly and wrongly.

usage: scaling_margins.py SHARED

The networks in SHARED/models want RGB in 0 to 1. Each is fed 192 images of each set in every common scaling; the rule is that of
io.tta4j.stream.scaling.ScalingCheck, in one round. Prints, for each network and scaling fed, on how many of the 20 sets it
warns, how often it names the right one, and how far the set nearest to a false alarm is from one.
"""

import math
import pathlib
import sys

import numpy as np
import onnxruntime

NETWORKS = ["resnet20-gn", "resnet20-bn", "vit-ln"]
IMAGES = 192
FEWEST = 96
CONTRAST = 25
SCALE_MARGIN = 0.16
ORDER_MARGIN = 0.045
RIGHT = ("0 to 1", "RGB")
SCALINGS = {
    "0 to 1": (255, 0, 1),
    "0 to 255": (1, 0, 1),
    "-1 to 1": (255, 0.5, 0.5),
    "ImageNet": (255, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
    "CIFAR-10": (255, [0.4914, 0.4822, 0.4465], [0.247, 0.2435, 0.2616]),
}


def sets(shared):
    cifar = shared / "cifar10"
    files = [cifar / "clean/images.npy", *sorted((cifar / "severity5").glob("*.npy"))]
    files += sorted((cifar / "tuning/severity5").glob("*.npy"))
    for file in files:
        if file.stem != "labels":
            images = np.load(file, mmap_mode="r")
            images = np.array(images[np.linspace(0, len(images) - 1, IMAGES).astype(int)], dtype=np.float32)
            yield file.stem, images[images.reshape(IMAGES, -1).std(1) >= CONTRAST]


def scaled(images, scaling, order):
    scale, mean, std = SCALINGS[scaling]
    pixels = images[..., ::-1] if order == "BGR" else images
    return (pixels / scale - np.float32(mean)) / np.float32(std)


def information(logits):
    logits = logits.astype(np.float64)
    answers = np.exp(logits - logits.max(1, keepdims=True))
    answers /= answers.sum(1, keepdims=True)

    def entropy(p):
        return -(p * np.log(np.maximum(p, 1e-300))).sum(-1)

    return entropy(answers.mean(0)) - entropy(answers).mean()


def margin(one, other):
    return (ORDER_MARGIN if one[0] == other[0] else SCALE_MARGIN) * math.log(10)


def main(shared):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    data = list(sets(shared))
    for network in NETWORKS:
        session = onnxruntime.InferenceSession(str(shared / f"models/{network}.onnx"), options)
        told = {}
        for name, images in data:
            if len(images) >= FEWEST:
                told[name] = {
                    (scaling, order): information(
                        session.run(None, {"image": scaled(images, scaling, order).transpose(0, 3, 1, 2).copy()})[0]
                    )
                    for scaling in SCALINGS
                    for order in ("RGB", "BGR")
                }
        for fed in next(iter(told.values())):
            warned, named, nearest = 0, 0, []
            for name, nats in told.items():
                excess = {k: v - nats[fed] - margin(k, fed) for k, v in nats.items() if k != fed}
                passing = [k for k, v in excess.items() if v > 0]
                warned += bool(passing)
                named += bool(passing) and max(passing, key=nats.get) == RIGHT
                nearest.append((max(excess.values()) / math.log(10), name))
            near = " nearest %+.3f ln C on %s" % max(nearest) if fed == RIGHT else ""
            print(f"{network} fed {' '.join(fed)}: {warned} of {len(told)}, naming {' '.join(RIGHT)} {named}{near}", flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]))

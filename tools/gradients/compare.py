"""Compares the gradient that tta4j computed with PyTorch's.

Takes what `tta inspect --gradient` and export_and_reference.py wrote. Prints the verdict and what it rests on; exits
with 0 where the two agree and with 1 where they do not.
"""

import argparse
import sys

import numpy as np

# Not gradients of a parameter.
LOGITS = "logits"
SAMPLE_NORMS = "sample_gradient_norm"

# How many names a line shows.
SHOWN = 6

# An array below this share of the whole gradient's norm is rounding error and measured against the share: a shift that
# a later norm layer takes out again, for example, has a gradient of zero.
FLOOR = 1e-5


def difference(found, expected, floor=0.0):
    """The norm of the difference by the norm of what was expected."""
    found, expected = found.ravel().astype(np.float64), expected.ravel().astype(np.float64)
    if found.size != expected.size:
        return np.inf
    return np.linalg.norm(found - expected) / max(np.linalg.norm(expected), floor)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gradient", help="the .npz that tta inspect wrote")
    parser.add_argument("reference", help="the reference.npz of the same network and batch")
    parser.add_argument("--tolerance", type=float, default=1e-3, help="per parameter array (default: %(default)s)")
    parser.add_argument("--sample-tolerance", type=float, default=1e-2, help="per norm (default: %(default)s)")
    parser.add_argument("--all", action="store_true", help="print every array, not only the worst")
    arguments = parser.parse_args()
    found, expected = np.load(arguments.gradient), np.load(arguments.reference)

    names = [name for name in expected.files if name not in (LOGITS, SAMPLE_NORMS)]
    missing = [name for name in names if name not in found.files]
    unexpected = [name for name in found.files if name not in expected.files]
    shared = [name for name in names if name in found.files]
    whole = np.sqrt(sum(np.square(expected[name], dtype=np.float64).sum() for name in names))
    errors = {name: difference(found[name], expected[name], FLOOR * whole) for name in shared}
    worst = max(errors, key=errors.get, default=None)

    if arguments.all:
        for name, error in errors.items():
            print(f"{error:9.2e}  {np.linalg.norm(expected[name]) / whole:9.2e}  {name}")
    print(f"arrays        {len(shared)} of {len(names)}")
    for title, group in (("missing", missing), ("unexpected", unexpected)):
        if group:
            print(f"{title:13} {', '.join(group[:SHOWN])}{', ...' if len(group) > SHOWN else ''}")
    agree = bool(shared) and not missing and not unexpected and errors[worst] < arguments.tolerance
    if worst is not None:
        print(f"worst array   {errors[worst]:.2e}  {worst}")
    if LOGITS in found.files:
        print(f"logits        {difference(found[LOGITS], expected[LOGITS]):.2e}")
    if SAMPLE_NORMS in expected.files and SAMPLE_NORMS in found.files:
        error = np.max(np.abs(found[SAMPLE_NORMS] / expected[SAMPLE_NORMS] - 1))
        print(f"sample norms  {error:.2e}")
        agree &= bool(error < arguments.sample_tolerance)
    print("agree" if agree else "DIFFER")
    sys.exit(0 if agree else 1)


if __name__ == "__main__":
    main()

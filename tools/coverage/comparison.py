"""Runs the engine on what was exported and holds its gradients against the references."""

import json
import subprocess
import time

import numpy as np

from gradients import FLOOR, LOGITS, SAMPLE_NORMS, difference

TOLERANCE, SAMPLE_TOLERANCE = 1e-3, 1e-2

EXPORTS = ("dynamo", "torchscript", "folded")


def run(work, families, exports, launcher, limit, again):
    """Compares what is exported and not yet compared; with again, everything that does not agree; prints a line each."""
    for name in exports:
        for family in families:
            folder = work / family / name
            verdict = folder / "verdict.json"
            if not exported(folder) or (verdict.exists() and not (again and not read(verdict)["agree"])):
                continue
            outcome = compare(folder, launcher, limit)
            verdict.write_text(json.dumps(outcome, indent=1))
            print(f"{name:11} {family:28} {outcome['seconds']:5.0f} s  {line(outcome)}", flush=True)


def read(file):
    return json.loads(file.read_text())


def exported(folder):
    meta = folder / "meta.json"
    return meta.exists() and read(meta)["ok"]


def line(outcome):
    if "failure" in outcome:
        return outcome["failure"]
    said = "agree" if outcome["agree"] else "DIFFER"
    return f"{said}  {outcome['arrays']} of {outcome['expected']} arrays, worst {outcome['worst']:.1e} {outcome['where']}"


def compare(folder, launcher, limit):
    """What a run of inspect says of one model, against the reference."""
    family = folder.parent
    inputs = next(file for file in (family / "input.npy", family / "input.npz") if file.exists())
    gradient = folder / "gradient.npz"
    gradient.unlink(missing_ok=True)
    command = [launcher, "inspect", folder / "model.onnx", "--gradient", inputs, "--out", gradient]
    began = time.monotonic()
    try:
        found = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=limit)
        said, status = found.stdout + found.stderr, found.returncode
    except subprocess.TimeoutExpired:
        said, status = f"no end after {limit} s", None
    (folder / "inspect.log").write_text(said)
    seconds = round(time.monotonic() - began, 1)
    if status != 0 or not gradient.exists():
        return {"agree": False, "failure": message(said, status), "seconds": seconds}
    with np.load(gradient) as arrays:
        return {**verdict(dict(arrays), family), "seconds": seconds}


def message(said, status):
    """The line that says why."""
    lines = [text.strip() for text in said.splitlines() if text.strip()]
    for text in reversed(lines):
        if text.startswith("tta: ") or text.startswith("Exception") or "cannot be adapted" in text:
            return text.removeprefix("tta: ")
    return lines[-1] if lines else f"exit status {status}"


def verdict(found, family):
    """Counts arrays and finds the worst; inserted layers are measured where the reference has them."""
    with np.load(family / "reference.npz") as arrays:
        expected = dict(arrays)
    with np.load(family / "reference-inserted.npz") as arrays:
        inserted = dict(arrays)
    logits, norms = expected.pop(LOGITS), expected.pop(SAMPLE_NORMS, None)
    paths = {name.partition(".inserted.")[0] for name in found if ".inserted." in name}
    meta = read(family / "meta.json")
    folded = {norm for conv, norm in meta["folded"].items() if conv in paths}
    if paths:
        # Where the exporter left them as they are, they count like all others.
        folded |= {norm for norm in meta["single_position"] if f"{norm}.weight" not in found}
        # A norm that went into a convolution is measured there; in a network of both kinds the others stay.
        expected = {name: array for name, array in expected.items() if name.rpartition(".")[0] not in folded}
        expected |= {name: array for name, array in inserted.items() if name.partition(".inserted.")[0] in paths}
    gradients = {name: array for name, array in found.items() if name not in (LOGITS, SAMPLE_NORMS)}
    missing = sorted(expected.keys() - gradients.keys())
    # Inserted behind something that has no counterpart in PyTorch.
    unexpected = sorted(gradients.keys() - expected.keys())
    shared = expected.keys() & gradients.keys()
    whole = np.sqrt(sum(np.square(array, dtype=np.float64).sum() for array in expected.values()))
    errors = {name: difference(gradients[name], expected[name], max(FLOOR * whole, 1e-30)) for name in shared}
    worst = max(errors, key=errors.get, default=None)
    outcome = {
        "arrays": len(shared),
        "expected": len(expected),
        "inserted": len(paths),
        "missing": missing,
        "unexpected": unexpected,
        "worst": float(errors[worst]) if shared else float("inf"),
        "where": worst or "",
        "logits": float(difference(found[LOGITS], logits)),
    }
    agree = bool(shared) and not missing and not unexpected and outcome["worst"] < TOLERANCE
    if SAMPLE_NORMS in found and norms is not None and not paths:
        outcome["sample_norms"] = float(np.max(np.abs(found[SAMPLE_NORMS] / norms - 1)))
        agree = agree and outcome["sample_norms"] < SAMPLE_TOLERANCE
    return {"agree": bool(agree), **outcome}

"""Writes docs/coverage.md from what the work folder holds."""

import collections
import json
import re

import comparison

TITLES = {"dynamo": "dynamo", "torchscript": "TorchScript", "folded": "folded"}

INTRODUCTION = """# What the ONNX engine adapts

Written by `tools/coverage/coverage.py` (see [its README](../tools/coverage/README.md)): for one network of each of
timm's {modules} modules, the smallest, and for text encoders of transformers, the gradient that `tta inspect --gradient`
computes from the exported file, held against PyTorch's autograd. Weights are random.

- **dynamo**: `torch.onnx.export(dynamo=True)`, operator set 20, any batch, `optimize=False`, so that batch norm stays.
- **TorchScript**: `torch.onnx.export(dynamo=False)`, operator set 17, any batch, `training=PRESERVE`,
  `do_constant_folding=False`, for the same reason.
- **folded**: the dynamo exporter's default, which multiplies batch norm into the convolutions. The engine inserts a scale
  and a shift behind each convolution; their gradients are held against `gamma * dgamma + beta * dbeta` and `dbeta` of the
  batch norm that went into the convolution, in the unfolded network. Behind a convolution without batch norm they are
  held against the gradient of PyTorch's own output of it. On a map of a single position, as in squeeze-and-excitation,
  nothing is inserted, and a batch norm folded there is left out. Networks without any norm are in this column too.

A number is the relative error of the parameter array where it is largest (norm of the difference by norm of the
reference, with a floor of 1e-5 of the whole gradient's norm); it has to be under 1e-3, every array has to be there,
and no other. *PyTorch* is the same for PyTorch against itself, single against double precision, or against an input with
rounding noise: where that is not tiny, activations with a kink decide the last digits. A letter stands for a reason,
listed below the table. A star stands for an export with attention written out (`fused_attn = False`), which PyTorch
cannot export otherwise.
"""


def read(file):
    return json.loads(file.read_text()) if file.exists() else None


def first_line(text):
    """An error in one line, without colours and paths."""
    text = re.sub("\x1b\\[[0-9;]*m|\\[96m|\\[0m", "", text)
    marker = "## Exception summary"
    if marker in text:
        lines = [line.strip() for line in text.split(marker)[1].splitlines() if line.strip()]
        # The class stands on the first line, the message on the second.
        text = re.sub(r"<class '(.*)'>: *", r"\1: ", " ".join(lines[:2]) if lines[0].endswith(":") else lines[0])
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return re.sub(r"(/[\w.-]+){2,}/", "", line)[:300]


def short(message):
    """A refusal that lists every obstacle, as the kinds of operators that it lists."""
    operators = sorted(set(re.findall(r"(\S+) node '[^']*' lies between a norm layer and the logits", message)))
    return f"no gradient rule for {', '.join(operators)}" if operators else message


def kind(message):
    """A message without what differs from network to network, to count by."""
    message = re.sub(r"'[^']*'|\"[^\"]*\"", "'...'", message)
    message = re.sub(r"\([\w./:-]*\)", "(...)", message)
    message = re.sub(r"\[[^\]]*\]", "[...]", message)
    return re.sub(r"\b[\w./:]*\d[\w./:]*\b", "#", message)


def outcome(folder):
    """Of one file: ("agree", error), ("differ", said), ("failure", said), ("export", said) or None."""
    meta = read(folder / "meta.json")
    if meta is None:
        return None
    if not meta["ok"]:
        return "export", first_line(meta["error"])
    verdict = read(folder / "verdict.json")
    if verdict is None:
        return None
    if "failure" in verdict:
        return "failure", short(verdict["failure"])
    if verdict["agree"]:
        return "agree", verdict["worst"]
    parts = []
    if verdict["missing"]:
        parts.append(f"{len(verdict['missing'])} arrays are missing, such as {verdict['missing'][0]}")
    if verdict["unexpected"]:
        parts.append(f"{len(verdict['unexpected'])} arrays are unexpected, such as {verdict['unexpected'][0]}")
    if verdict["arrays"] and not verdict["worst"] < comparison.TOLERANCE:
        parts.append(f"{verdict['where']} is off by {verdict['worst']:.1e}")
    if verdict.get("sample_norms", 0) >= comparison.SAMPLE_TOLERANCE:
        parts.append(f"a sample's gradient norm is off by {verdict['sample_norms']:.1e}")
    return "differ", "; ".join(parts)


def outcomes(work, families):
    return {(family, name): outcome(work / family / name) for family in families for name in comparison.EXPORTS}


def groups(found):
    """Reasons by kind, most frequent first: [(kind, [(family, message)])]."""
    grouped = collections.defaultdict(list)
    for (family, name), result in found.items():
        if result and result[0] != "agree":
            grouped[(result[0], kind(result[1]))].append((family, name, result[1]))
    return sorted(grouped.items(), key=lambda item: -len(item[1]))


def letters(count):
    names = [chr(ord("a") + i) for i in range(26)]
    return (names + [a + b for a in names for b in names])[:count]


def rows(work, families, found, notes):
    head = ["family", "model", "input", "norm layers", *TITLES.values(), "PyTorch"]
    lines = ["| " + " | ".join(head) + " |", "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: |"]
    for family in families:
        meta = read(work / family / "meta.json") or {}
        settings = ", ".join(f"{k}={v}" for k, v in meta.get("settings", {}).items())
        model = meta.get("model", "") + (f" ({settings})" if settings else "")
        cells = [family, model, meta.get("shape", ""), str(meta.get("norm_layers", ""))]
        for name in comparison.EXPORTS:
            result = found[family, name]
            if result is None:
                cells.append("")
            elif result[0] == "agree":
                written_out = (read(work / family / name / "meta.json") or {}).get("note")
                cells.append(f"{result[1]:.1e}" + (" *" if written_out else ""))
            else:
                cells.append(f"({notes[result[0], kind(result[1])]})")
        cells.append(f"{meta['own_error']:.1e}" if "own_error" in meta else "")
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def totals(title, families, found):
    lines = [f"| {title} | agree | differ | refused by the engine | not exported |", "| --- | ---: | ---: | ---: | ---: |"]
    for name, heading in TITLES.items():
        kinds = collections.Counter(found[family, name][0] for family in families if found[family, name])
        lines.append("| " + " | ".join([heading, *(str(kinds[k]) for k in ("agree", "differ", "failure", "export"))]) + " |")
    return lines


def write(work, families):
    found = outcomes(work, families)
    grouped = groups(found)
    notes = dict(zip([key for key, _ in grouped], letters(len(grouped))))
    vision = [family for family in families if "-" not in family]
    encoders = [family for family in families if "-" in family]
    parts = [INTRODUCTION.format(modules=len(vision)), "## Totals", ""]
    parts += totals("families of timm", vision, found) + [""] + totals("encoders", encoders, found)
    parts += ["", "## Families of timm", ""] + rows(work, vision, found, notes)
    parts += ["", "## Encoders of transformers", ""] + rows(work, encoders, found, notes)
    sections = {
        "failure": "Refused by the engine",
        "differ": "Not the gradient of PyTorch",
        "export": "Not exported by PyTorch",
    }
    for result, heading in sections.items():
        chosen = [(key, members) for key, members in grouped if key[0] == result]
        if chosen:
            parts += ["", f"## {heading}", ""]
        for key, members in chosen:
            where = collections.defaultdict(list)
            for family, name, _ in members:
                where[TITLES[name]].append(family)
            listed = "; ".join(f"{name}: {', '.join(names)}" for name, names in where.items())
            parts.append(f"- ({notes[key]}) {listed}. `{members[0][2].replace('`', chr(39))}`")
    return "\n".join(parts) + "\n"


def failures(work, families):
    """The same reasons as plain text, most frequent first."""
    lines = []
    for (result, _), members in groups(outcomes(work, families)):
        lines.append(f"{len(members)} x {result}")
        lines += [f"    {family}/{name}: {message[:400]}" for family, name, message in members]
    return "\n".join(lines) + "\n"

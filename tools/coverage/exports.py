"""Runs the exports: one process each, with a time limit, and what is already there is kept."""

import json
import pathlib
import signal
import subprocess
import sys
import time

import networks

PROCESSES = ("dynamo", "torchscript")


def models(work):
    """The network of each of timm's families, looked up once and kept in the work folder."""
    file = work / "models.json"
    found = json.loads(file.read_text()) if file.exists() else {}
    for family in networks.families():
        if not networks.is_encoder(family) and family not in found:
            found[family] = networks.smallest(family)
            file.write_text(json.dumps(found, indent=1))
    return found


def run(work, families, exporters, limit, again):
    """Exports what is missing; with again also what failed."""
    chosen = models(work)
    for exporter in exporters:
        for family in families:
            folder = work / family
            meta = folder / exporter / "meta.json"
            if meta.exists() and (json.loads(meta.read_text())["ok"] or not again):
                continue
            began = time.monotonic()
            failure = process(work, family, chosen.get(family), exporter, limit)
            if failure:
                meta.parent.mkdir(parents=True, exist_ok=True)
                meta.write_text(json.dumps({"ok": False, "error": failure}, indent=1))
            outcome = json.loads(meta.read_text())
            said = "ok" if outcome["ok"] else outcome["error"].splitlines()[0][:160]
            print(f"{exporter:11} {family:28} {time.monotonic() - began:6.0f} s  {said}", flush=True)


def process(work, family, model, exporter, limit):
    """Nothing, where the process wrote how the export went; otherwise what became of it.

    The limit is of processor time, as the machine may have other work; waiting has one too, and a much longer one.
    """
    folder = work / family
    folder.mkdir(parents=True, exist_ok=True)
    script = str(pathlib.Path(__file__).with_name("export_family.py"))
    command = [sys.executable, script, family, str(work), exporter, "--limit", str(limit)]
    command += ["--model", model] if model else []
    log = folder / f"{exporter}.log"
    with open(log, "w") as out:
        try:
            status = subprocess.run(command, stdout=out, stderr=subprocess.STDOUT, timeout=5 * limit).returncode
        except subprocess.TimeoutExpired:
            return f"no end after {5 * limit} s"
    if status == 0:
        return None
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    if status == -signal.SIGXCPU:
        return f"no end after {limit} s of processor time"
    if status < 0:
        return f"the process died of signal {-status}"
    return lines[-1] if lines else f"exit status {status}"

"""The functions of tools/gradients, importable from here."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "gradients"))

from compare import FLOOR, LOGITS, SAMPLE_NORMS, difference  # noqa: E402, F401
from export_and_reference import (  # noqa: E402, F401
    entropies,
    export,
    logits_of,
    norm_layers,
    parameters_of_norms,
    reference,
)

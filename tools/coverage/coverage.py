"""Makes the table of docs/coverage.md: what the ONNX engine makes of every family of timm, and of text encoders.

Three steps, each of which keeps what is there already and can be left out: export every family and compute its
reference with PyTorch; run `tta inspect --gradient` on every file; write the table.
"""

import argparse
import pathlib

import comparison
import exports
import networks
import table

ROOT = pathlib.Path(__file__).resolve().parents[2]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=pathlib.Path, help="the folder for models, references and outcomes (some 15 GB)")
    parser.add_argument("--families", nargs="+", metavar="F", help="of timm.list_modules(), or bert-sdpa and its like")
    parser.add_argument("--exports", nargs="+", choices=comparison.EXPORTS, default=comparison.EXPORTS, metavar="E")
    parser.add_argument("--no-export", action="store_true", help="take the files that are there")
    parser.add_argument("--no-run", action="store_true", help="take the comparisons that are there")
    parser.add_argument("--no-table", action="store_true", help="write no table")
    parser.add_argument("--again", action="store_true", help="also what failed before")
    parser.add_argument("--launcher", default=ROOT / "tta", type=pathlib.Path, help="the tta that runs the engine")
    parser.add_argument("--table", default=ROOT / "docs" / "coverage.md", type=pathlib.Path, help="where the table goes")
    parser.add_argument("--limit", type=int, default=600, help="seconds for a run, and of processor time for an export")
    arguments = parser.parse_args()

    families = arguments.families or networks.families()
    if not arguments.no_export:
        # The dynamo exporter's process writes the folded file too: it is the same program, optimised.
        processes = [name for name in exports.PROCESSES if name in arguments.exports or name == "dynamo"]
        exports.run(arguments.work, families, processes, arguments.limit, arguments.again)
    if not arguments.no_run:
        comparison.run(
            arguments.work, families, arguments.exports, arguments.launcher, arguments.limit, arguments.again
        )
    if not arguments.no_table:
        arguments.table.write_text(table.write(arguments.work, networks.families()))


if __name__ == "__main__":
    main()

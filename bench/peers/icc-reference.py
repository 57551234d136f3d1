"""Writes pipelines/imaging/reference/pingouin-icc.csv: intraclass correlations with 95 % intervals.

Needs Python 3.11, pingouin and pandas. The first case is the example of Shrout and Fleiss 1979 (6 targets, 4 judges).
"""

import pathlib

import pandas as pd
import pingouin as pg

OUT = pathlib.Path(__file__).resolve().parents[2] / "pipelines" / "imaging" / "reference" / "pingouin-icc.csv"
CASES = {
    "shrout-fleiss": [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]],
    "robust": [[(i * 37) % 23 * 10 + (i * 7 + j * 5) % 3 for j in range(5)] for i in range(8)],
    "noisy": [[(i * 7919 + j * 104729 + i * j * 31) % 97 for j in range(7)] for i in range(5)],
    "offset": [[(i * 13) % 7 + 4 * j + (i * j) % 2 for j in range(3)] for i in range(10)],
}
with open(OUT, "w") as file:
    file.write(f"# pingouin {pg.__version__} (BSD 3-clause), 2026-11-24, made by bench/peers/icc-reference.py\n")
    file.write("# low and high: the 95 % interval as pingouin rounds it; rows: targets divided by ;\n")
    file.write("case,type,value,low,high,rows\n")
    for name, rows in CASES.items():
        long = pd.DataFrame([(i, j, float(v)) for i, row in enumerate(rows) for j, v in enumerate(row)], columns=list("tjv"))
        table = pg.intraclass_corr(long, targets="t", raters="j", ratings="v").iloc[:3]
        for kind, (_, r) in zip(["icc11", "icc21", "icc31"], table.iterrows()):
            text = ";".join(" ".join(map(repr, map(float, row))) for row in rows)
            file.write(f"{name},{kind},{float(r['ICC'])!r},{r['CI95'][0]},{r['CI95'][1]},{text}\n")

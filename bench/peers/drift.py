"""Reference numbers of drift: deciles of a training table, population stability index and missing shares of later rows.

Writes serving/reference/drift.json. numpy makes tables and deciles, scipy the chi-squared quantiles; the index is the formula
sum (a - e) ln(a / e) over classes, shares of 0 counted as 0.0001;
values are compared with deciles in float32. Beside it, a simulation of rows of the same distribution says how often
chance alone exceeds the bound chi2(0.95, classes - 1) (1/n + 1/m).

    python bench/peers/drift.py
"""

import json
import pathlib

import numpy as np
import scipy
from scipy.stats import chi2

LEAST_SHARE = 1e-4
rng = np.random.default_rng(20240611)


def table(n, shift):
    age = np.round(rng.normal(68 + 8 * shift, 9, n))
    volume = np.round(rng.lognormal(9 + 0.6 * shift, 1.1, n), 2)
    smoker = (rng.random(n) < 0.6 - 0.35 * shift).astype(float)
    stage = rng.choice(5, n, p=np.array([0.4, 0.25, 0.2, 0.1, 0.05]) if not shift else [0.1, 0.15, 0.25, 0.3, 0.2]).astype(float)
    gene = np.round(rng.gamma(2 + shift, 3, n), 4)
    steady = np.round(rng.normal(0, 1, n), 4)
    constant = np.full(n, 3.0)
    empty = np.full(n, np.nan)
    gene[rng.random(n) < 0.1 + 0.4 * shift] = np.nan
    volume[rng.random(n) < 0.05] = np.nan
    return np.column_stack([age, volume, smoker, stage, gene, steady, constant, empty])


def reference(values):
    known = values[~np.isnan(values)]
    deciles = np.quantile(known, np.arange(1, 10) / 10) if len(known) else []
    edges = [float(f"{q:.9g}") for q in sorted({np.float32(q) for q in deciles})]
    return {"edges": edges, "counts": classes(known, edges), "missing": int(np.isnan(values).sum())}


def classes(known, edges):
    return np.bincount(np.searchsorted(np.float32(edges), np.float32(known), side="left"), minlength=len(edges) + 1).tolist()


def index(before, now):
    e = np.maximum(np.array(before) / sum(before), LEAST_SHARE)
    a = np.maximum(np.array(now) / sum(now), LEAST_SHARE)
    return float(np.sum((a - e) * np.log(a / e)))


def bound(before, n):
    used = sum(c > 0 for c in before)
    return 0.0 if used < 2 else float(chi2.ppf(0.95, used - 1) * (1 / sum(before) + 1 / n))


def compare(ref, values):
    known = values[~np.isnan(values)]
    total = sum(ref["counts"]) + ref["missing"]
    answer = {
        "counts": classes(known, ref["edges"]),
        "missingShare": float(np.isnan(values).mean()),
        "missingShareTraining": ref["missing"] / total,
    }
    if sum(ref["counts"]) and len(known):
        answer |= {"psi": index(ref["counts"], answer["counts"]), "chance95": bound(ref["counts"], len(known))}
    return answer


def chance_exceeds(m, n, times=4000):
    above = 0
    for _ in range(times):
        ref = reference(rng.normal(size=m))
        now = classes(rng.normal(size=n), ref["edges"])
        above += index(ref["counts"], now) > bound(ref["counts"], n)
    return above / times


training = table(300, 0)
later = {"alike": table(600, 0), "shifted": table(600, 1)}
references = [reference(column) for column in training.T]


def plain(matrix):
    return [[None if np.isnan(v) else v for v in row] for row in matrix.tolist()]


out = {
    "madeBy": f"bench/peers/drift.py, numpy {np.__version__}, scipy {scipy.__version__}; our own made-up tables",
    "columns": ["age", "volume", "smoker", "stage", "gene", "steady", "constant", "empty"],
    "training": plain(training),
    "reference": references,
    "chiSquared95": [float(chi2.ppf(0.95, df)) for df in range(1, 10)],
    "chanceExceeds": {f"{m} and {n}": chance_exceeds(m, n) for m, n in [(211, 200), (211, 2000), (1000, 10000)]},
    "later": {
        name: {"rows": plain(rows), "answers": [compare(r, c) for r, c in zip(references, rows.T)]} for name, rows in later.items()
    },
}
place = pathlib.Path(__file__).resolve().parents[2] / "serving" / "reference" / "drift.json"
place.write_text(json.dumps(out, separators=(",", ":")) + "\n")
print(out["chanceExceeds"])
for name, part in out["later"].items():
    print(name, [round(a["psi"], 3) if "psi" in a else None for a in part["answers"]])

"""Records what XGBoost's C library answers for small models, for the parity test of serving/predict.

    python bench/peers/xgboost-margins.py serving/reference

Writes one file per model, named after the library's version: the model as the library saves it, rows (null = missing)
and the answers as the bits of float32 numbers in hexadecimal. Needs numpy and xgboost (made with 3.2.0 and 1.7.6).
"""
import json
import os
import sys
import tempfile

import numpy as np
import xgboost as xgb

DATE = "2026-11-23"


def table(rng, rows, columns, missing=0.2, integer=False):
    x = rng.integers(-3, 4, size=(rows, columns)).astype(np.float64) if integer else rng.normal(size=(rows, columns))
    x[rng.random(x.shape) < missing] = np.nan
    return x


def labels(rng, x):
    score = np.nan_to_num(x[:, 0]) - np.nan_to_num(x[:, 1]) * np.nan_to_num(x[:, 2]) + rng.normal(size=len(x)) * 0.5
    return (score > 0.2).astype(float), score


def bits(values):
    return [format(int(v), "08x") for v in np.asarray(values, dtype=np.float32).reshape(-1).view(np.uint32)]


def edge_rows(columns):
    """Ties, signed zero, subnormal and huge values, all missing."""
    values = [0.0, -0.0, 1e-42, -1e-42, 3e38, -3e38, 1.0000000001, 0.1, np.nan]
    return np.array([[v] * columns for v in values])


CASES = {
    "reference-settings": (dict(objective="reg:logistic", eta=0.1), 10, dict(rows=120, columns=6)),
    "binary-base-score": (
        dict(objective="binary:logistic", eta=0.3, max_depth=3, base_score=0.3, scale_pos_weight=2),
        12,
        dict(rows=100, columns=5),
    ),
    "squared-error": (dict(objective="reg:squarederror", eta=0.2, max_depth=4, base_score=-1.5), 8, dict(rows=80, columns=4)),
    "integer-ties": (
        dict(objective="binary:logistic", eta=0.5, max_depth=4, tree_method="exact"),
        8,
        dict(rows=100, columns=4, integer=True),
    ),
    "forest": (
        dict(objective="reg:logistic", eta=1, num_parallel_tree=4, subsample=0.6, colsample_bynode=0.7, tree_method="hist", max_depth=3),
        3,
        dict(rows=100, columns=5),
    ),
    "stumps-without-split": (dict(objective="reg:logistic", eta=0.1, gamma=1e6), 3, dict(rows=40, columns=3)),
    "nothing-missing-in-training": (dict(objective="reg:logistic", eta=0.1, max_depth=3), 6, dict(rows=60, columns=4, missing=0)),
}


def record(name, settings, rounds, shape, seed, folder):
    rng = np.random.default_rng(seed)
    x = table(rng, **shape)
    y, score = labels(rng, x)
    target = score if settings["objective"] == "reg:squarederror" else y
    booster = xgb.train(dict(settings, nthread=1, seed=seed), xgb.DMatrix(x, label=target), rounds)
    asked = np.vstack([table(rng, 30, x.shape[1], 0.3, shape.get("integer", False)) * (1 if shape.get("integer") else 1.5), edge_rows(x.shape[1])])
    matrix = xgb.DMatrix(asked)
    with tempfile.TemporaryDirectory() as scratch:
        file = os.path.join(scratch, "model.json")
        booster.save_model(file)
        with open(file, encoding="utf-8") as stream:
            model = json.load(stream)
    document = {
        "about": f"XGBoost {xgb.__version__} C library (Apache-2.0), {DATE}, made by bench/peers/xgboost-margins.py; random data, seed {seed}",
        "settings": dict(settings, rounds=rounds),
        "rows": [[None if np.isnan(v) else float(v) for v in row] for row in asked],
        "marginBits": bits(booster.predict(matrix, output_margin=True)),
        "predictionBits": bits(booster.predict(matrix)),
        "model": model,
    }
    path = os.path.join(folder, f"xgboost-{xgb.__version__}-{name}.json")
    with open(path, "w", encoding="utf-8") as stream:
        json.dump(document, stream, separators=(",", ":"))
        stream.write("\n")


def main():
    folder = sys.argv[1]
    for seed, (name, (settings, rounds, shape)) in enumerate(CASES.items()):
        record(name, settings, rounds, shape, seed, folder)


main()

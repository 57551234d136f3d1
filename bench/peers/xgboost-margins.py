"""Records what XGBoost's C library answers for small models, for the parity test of serving/predict.

    python bench/peers/xgboost-margins.py serving/reference

Writes one file per model, named after the library's version: the model as the library saves it, rows (null = missing)
and the answers as the bits of float32 numbers in hexadecimal. Needs numpy and xgboost (made with 3.2.0 and 1.7.6).
"""
import base64
import json
import os
import sys
import tempfile

import numpy as np
import xgboost as xgb

DATE = "2026-11-24"


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

    "dart": (dict(booster="dart", objective="binary:logistic", rate_drop=0.4, max_depth=3, eta=0.4), 10, dict(rows=100, columns=5)),
    "dart-squared-error": (dict(booster="dart", objective="reg:squarederror", rate_drop=0.4, max_depth=3), 10, dict(rows=100, columns=5)),
    "linear": (dict(booster="gblinear", objective="binary:logistic", updater="coord_descent"), 10, dict(rows=100, columns=5)),
    "categories": (dict(objective="binary:logistic", tree_method="hist", max_depth=4, max_cat_to_onehot=3), 8, dict(rows=200, columns=4, categories=9)),
    "classes": (dict(objective="multi:softprob", num_class=3, max_depth=3), 5, dict(rows=120, columns=4)),
    "two-targets": (dict(objective="reg:squarederror", tree_method="hist", max_depth=3), 4, dict(rows=100, columns=4)),
    "leaf-vectors": (dict(objective="reg:squarederror", tree_method="hist", max_depth=3, multi_strategy="multi_output_tree"), 4, dict(rows=100, columns=4)),
    "cox": (dict(objective="survival:cox", eta=0.2, max_depth=3), 10, dict(rows=120, columns=5)),
    "aft": (dict(objective="survival:aft", eta=0.2, max_depth=3, aft_loss_distribution="logistic"), 10, dict(rows=120, columns=5)),
    "poisson": (dict(objective="count:poisson", max_depth=3), 6, dict(rows=80, columns=4)),
    "hinge": (dict(objective="binary:hinge", max_depth=3), 4, dict(rows=80, columns=4)),
    "logit-raw": (dict(objective="binary:logitraw", max_depth=3, base_score=0.7), 4, dict(rows=80, columns=4)),
}
NO_CONTRIBUTIONS = {"leaf-vectors"}
SINCE_2 = {"leaf-vectors"}


def targets(settings, y, score):
    """Label and other fields of the training matrix, as the objective wants them."""
    objective = settings["objective"]
    time = np.exp(score / 3) * 100
    if objective == "survival:cox":
        return dict(label=np.where(y > 0, time, -time))
    if objective == "survival:aft":
        return dict(label_lower_bound=time, label_upper_bound=np.where(y > 0, time, np.inf))
    if objective == "count:poisson":
        return dict(label=np.floor(np.exp(np.clip(score, -2, 2))))
    if objective == "multi:softprob":
        return dict(label=np.digitize(score, [-0.5, 0.5]))
    if "multi_strategy" in settings or objective == "two":
        return dict(label=np.column_stack([score, y]))
    return dict(label=score if objective == "reg:squarederror" else y)


def record(name, settings, rounds, shape, seed, folder):
    rng = np.random.default_rng(seed)
    categories = shape.get("categories")
    form = {key: value for key, value in shape.items() if key != "categories"}
    x = table(rng, **form)
    y, score = labels(rng, x)
    if categories is not None:
        x[:, -1] = rng.integers(0, categories, len(x))
        y = ((x[:, -1] % 3 == 1) ^ (np.nan_to_num(x[:, 0]) > 0.8)).astype(float)
    kinds = None if categories is None else ["q"] * (x.shape[1] - 1) + ["c"]
    fields = targets(settings, y, score)
    if name == "two-targets":
        fields = dict(label=np.column_stack([score, y]))
    train = xgb.DMatrix(x, feature_types=kinds, enable_categorical=categories is not None)
    for field, values in fields.items():
        if field == "label":
            train.set_label(values)
        else:
            train.set_float_info(field, values)
    booster = xgb.train(dict(settings, nthread=1, seed=seed), train, rounds)
    integer = form.get("integer", False)
    if categories is None:
        asked = np.vstack([table(rng, 30, x.shape[1], 0.3, integer) * (1 if integer else 1.5), edge_rows(x.shape[1])])
    else:
        asked = table(rng, 40, x.shape[1], 0.2)
        asked[:, -1] = np.concatenate([np.arange(categories), rng.integers(0, categories, 29 - categories), [np.nan] * 11])
    matrix = xgb.DMatrix(asked, feature_types=kinds, enable_categorical=categories is not None)
    with tempfile.TemporaryDirectory() as scratch:
        file = os.path.join(scratch, "model.json")
        booster.save_model(file)
        with open(file, encoding="utf-8") as stream:
            model = json.load(stream, parse_constant=lambda _: None)  # NaN, in splits by category
        ubj = os.path.join(scratch, "model.ubj")
        booster.save_model(ubj)
        with open(ubj, "rb") as stream:
            ubjson = base64.b64encode(stream.read()).decode("ascii")
    document = {
        "about": f"XGBoost {xgb.__version__} C library (Apache-2.0), {DATE}, made by bench/peers/xgboost-margins.py; random data, seed {seed}",
        "settings": dict(settings, rounds=rounds),
        "rows": [[None if np.isnan(v) else float(v) for v in row] for row in asked],
        "marginBits": bits(booster.predict(matrix, output_margin=True)),
        "predictionBits": bits(booster.predict(matrix)),
        "contributions": [] if name in NO_CONTRIBUTIONS else [round(float(v), 9) if np.isfinite(v) else None for v in booster.predict(matrix, pred_contribs=True).reshape(-1)],
        "model": model,
        **({"ubjson": ubjson} if name in ("reference-settings", "categories", "linear") else {}),
    }
    path = os.path.join(folder, f"xgboost-{xgb.__version__}-{name}.json")
    with open(path, "w", encoding="utf-8") as stream:
        json.dump(document, stream, separators=(",", ":"))
        stream.write("\n")


def main():
    folder = sys.argv[1]
    for seed, (name, (settings, rounds, shape)) in enumerate(CASES.items()):
        if name in SINCE_2 and xgb.__version__.startswith("1."):
            continue
        record(name, settings, rounds, shape, seed, folder)


main()

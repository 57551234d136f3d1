"""Reference numbers of training/xgboost for survival objectives, TreeSHAP and importance, made with Python XGBoost.

    python xgboost-survival.py OUTPUT_FILE DATE
"""
import json
import sys
from pathlib import Path

import numpy as np
import xgboost as xgb

rng = np.random.default_rng(5)
n, p = 70, 5
x = rng.normal(size=(n, p)).astype(np.float32)
death = rng.exponential(np.exp(-x[:, 0] + 0.5 * x[:, 3])) * 500
out = rng.exponential(800, size=n)
time, event = np.maximum(1, np.round(np.minimum(death, out))), death <= out
x[rng.uniform(size=(n, p)) < 0.1] = np.nan
names = ["age", "stage", "grade", "dose", "mass"]
label = np.where(event, time, -time)
shared = {"eta": 0.2, "max_depth": 3, "tree_method": "exact", "base_score": 0.5, "seed": 0, "nthread": 1}
cox = {**shared, "objective": "survival:cox"}
data = xgb.DMatrix(x, label=label, feature_names=names)


def margins(params: dict, matrix: xgb.DMatrix, rounds: int = 12) -> list[float]:
    return xgb.train(params, matrix, rounds).predict(matrix, output_margin=True).astype(float).tolist()


booster = xgb.train(cox, data, 12)
aft = {}
for distribution in ("normal", "logistic", "extreme"):
    bounds = xgb.DMatrix(x)
    bounds.set_float_info("label_lower_bound", time)
    bounds.set_float_info("label_upper_bound", np.where(event, time, np.inf))
    aft[distribution] = margins({**shared, "objective": "survival:aft", "aft_loss_distribution": distribution, "aft_loss_distribution_scale": 1.2}, bounds)  # fmt: skip
shifted = xgb.DMatrix(x, label=label, base_margin=(time / 1000).astype(np.float32))
linear = {"objective": "survival:cox", "booster": "gblinear", "updater": "coord_descent", "eta": 0.5, "lambda": 0.1, "base_score": 0.5, "seed": 0, "nthread": 1}
cases = {
    "n": n, "p": p, "values": [None if np.isnan(v) else float(v) for v in x.ravel()], "time": time.tolist(), "event": event.tolist(), "names": names,
    "cox": booster.predict(data, output_margin=True).astype(float).tolist(), "aft": aft,
    "monotone": margins({**cox, "monotone_constraints": "(1,0,0,-1,0)"}, data), "baseMargin": margins(cox, shifted, 3), "linear": margins(linear, data, 5),
    "contributions": booster.predict(data, pred_contribs=True).ravel().astype(float).tolist(),
    "interactions": booster.predict(data, pred_interactions=True).ravel().astype(float).tolist(), "gain": booster.get_score(importance_type="gain"),
}  # fmt: skip
header = {"source": f"Python xgboost {xgb.__version__}", "date": sys.argv[2], "made": "bench/peers/xgboost-survival.py", "licence": "Apache-2.0 (drawn numbers)"}
Path(sys.argv[1]).write_text(json.dumps({"header": header, "cases": cases}) + "\n")

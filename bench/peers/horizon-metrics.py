"""Reference numbers for training/evaluate/weighted-scores.ts, made with scikit-survival and scikit-learn.

    python horizon-metrics.py OUTPUT_FOLDER DATE

Writes horizon.json: follow-up with ties drawn with NumPy from fixed seeds, a probability of death by a horizon, and the scores
with inverse probability of censoring weights (scikit-survival's censoring distribution) given to scikit-learn as sample weights.
"""
import json
import sys
from pathlib import Path

import numpy as np
import sklearn
import sksurv
from sklearn import metrics
from sksurv.metrics import brier_score, cumulative_dynamic_auc
from sksurv.nonparametric import CensoringDistributionEstimator
from sksurv.util import Surv

OUT, DATE = Path(sys.argv[1]), sys.argv[2]


def case(name: str, seed: int, n: int, step: float, horizon: float, digits: int) -> dict:
    rng = np.random.default_rng(seed)
    risk = rng.normal(size=n)
    death = rng.exponential(np.exp(-0.7 * risk)) * 600
    out = rng.exponential(900, size=n)
    time = np.maximum(step, np.round(np.minimum(death, out) / step) * step)
    event = death <= out
    probability = np.round(1 / (1 + np.exp(-(risk - 0.3))), digits)
    y = Surv.from_arrays(event, time)
    censoring = CensoringDistributionEstimator().fit(y)
    died = event & (time <= horizon)
    weight = np.zeros(n)
    weight[died] = 1 / censoring.predict_proba(time[died])
    weight[time > horizon] = 1 / censoring.predict_proba(np.array([horizon]))[0]
    called = probability >= 0.5
    auc, _ = cumulative_dynamic_auc(y, y, probability, [horizon])
    _, brier = brier_score(y, y, (1 - probability)[:, None], [horizon])
    weighted = {"sample_weight": weight}
    return {
        "name": name, "time": time.tolist(), "event": event.tolist(), "probability": probability.tolist(), "horizon": horizon,
        "weight": weight.tolist(),
        "rocAuc": float(metrics.roc_auc_score(died, probability, **weighted)), "dynamicAuc": float(auc[0]),
        "prAuc": float(metrics.average_precision_score(died, probability, **weighted)),
        "brier": float(brier[0]), "logLoss": float(metrics.log_loss(died, probability, **weighted)),
        "accuracy": float(metrics.accuracy_score(died, called, **weighted)),
        "f1Weighted": float(metrics.f1_score(died, called, average="weighted", **weighted)),
        "precision": float(metrics.precision_score(died, called, **weighted)),
        "recall": float(metrics.recall_score(died, called, **weighted)),
    }


cases = [
    case("few ties", 1, 120, 1, 500, 3),
    case("many ties in time and probability", 2, 90, 100, 400, 1),
    case("late horizon", 3, 60, 10, 900, 2),
]
source = f"scikit-survival {sksurv.__version__}, scikit-learn {sklearn.__version__}"
header = {"source": source, "date": DATE, "made": "bench/peers/horizon-metrics.py", "licence": "Apache-2.0 (drawn numbers)"}
(OUT / "horizon.json").write_text(json.dumps({"header": header, "cases": cases}) + "\n")

"""Reference numbers for training/evaluate/survival-band.ts, made with scikit-survival and lifelines.

    python survival-band.py OUTPUT_FOLDER DATE

Writes survival-band.json: the Kaplan-Meier curve with its 95 % band (scikit-survival, log-log), the median with its interval
(lifelines) and the median follow-up (scikit-survival, reverse Kaplan-Meier). Times are drawn with NumPy from fixed seeds.
"""
import json
import sys
from pathlib import Path

import lifelines
import numpy as np
import sksurv
from lifelines import KaplanMeierFitter
from lifelines.utils import median_survival_times
from sksurv.nonparametric import kaplan_meier_estimator

OUT, DATE = Path(sys.argv[1]), sys.argv[2]


def finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def case(name: str, seed: int, n: int, step: float, censoring: float) -> dict:
    rng = np.random.default_rng(seed)
    death, out = rng.exponential(900, n), rng.exponential(censoring, n)
    time = np.maximum(step, np.round(np.minimum(death, out) / step) * step)
    event = death <= out
    x, survival, (low, high) = kaplan_meier_estimator(event, time, conf_type="log-log")
    reverse_x, reverse = kaplan_meier_estimator(event, time, reverse=True)
    below = np.flatnonzero(reverse <= 0.5)
    fitted = KaplanMeierFitter().fit(time, event)
    interval = median_survival_times(fitted.confidence_interval_).to_numpy()[0]
    return {
        "name": name, "timeDays": time.tolist(), "event": event.tolist(), "x": x.tolist(), "survival": survival.tolist(),
        "low": low.tolist(), "high": high.tolist(), "median": finite(fitted.median_survival_time_),
        "medianLow": finite(interval[0]), "medianHigh": finite(interval[1]),
        "medianFollowUp": float(reverse_x[below[0]]) if below.size else None,
    }  # fmt: skip


cases = [
    case("no ties", 1, 60, 1e-3, 1200), case("ties", 2, 150, 60, 900), case("heavy censoring", 3, 120, 1, 250),
    case("nearly all die", 4, 40, 5, 60_000),
]  # fmt: skip
header = {
    "source": f"scikit-survival {sksurv.__version__} (curve, band, follow-up), lifelines {lifelines.__version__} (median)",
    "date": DATE, "made": "bench/peers/survival-band.py", "licence": "Apache-2.0 (drawn numbers)",
}  # fmt: skip
(OUT / "survival-band.json").write_text(json.dumps({"header": header, "cases": cases}) + "\n")

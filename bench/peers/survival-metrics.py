"""Reference numbers for training/evaluate and training/penalised, made with scikit-survival, lifelines, scikit-learn and SciPy.

    python survival-metrics.py OUTPUT_FOLDER DATE

Writes evaluation.json and penalised.json. Inputs are drawn with NumPy from fixed seeds and stored with the answers.
"""
import json
import sys
from pathlib import Path

import lifelines
import numpy as np
import scipy
import sklearn
import sksurv
from lifelines import CoxPHFitter
from lifelines.statistics import multivariate_logrank_test
from scipy import optimize, special, stats
from sklearn import metrics
from sklearn.linear_model import LogisticRegression
from sksurv.linear_model import CoxnetSurvivalAnalysis, CoxPHSurvivalAnalysis
from sksurv.metrics import brier_score, concordance_index_ipcw, cumulative_dynamic_auc, integrated_brier_score
from sksurv.util import Surv

OUT, DATE = Path(sys.argv[1]), sys.argv[2]


def write(name: str, source: str, cases: object) -> None:
    header = {"source": source, "date": DATE, "made": "bench/peers/survival-metrics.py", "licence": "Apache-2.0 (drawn numbers)"}
    (OUT / name).write_text(json.dumps({"header": header, "cases": cases}) + "\n")


def drawn(rng: np.random.Generator, n: int, step: float, censoring: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Times rounded to multiples of `step` (ties, deaths and censorings at one time among them), event, risk with ties."""
    risk = np.round(rng.normal(size=n), 1)
    death = rng.exponential(np.exp(-0.7 * risk)) * 600
    out = rng.exponential(censoring, size=n)
    time = np.maximum(step, np.round(np.minimum(death, out) / step) * step)
    return time, death <= out, risk


def survival_case(name: str, rng: np.random.Generator, n: int, step: float, censoring: float) -> dict:
    time, event, risk = drawn(rng, n, step, censoring)
    y = Surv.from_arrays(event, time)
    last = min(time[~event].max(), time.max()) - 1e-6
    times = np.quantile(time[event], [0.15, 0.3, 0.5, 0.7])
    times = np.unique(times[(times > time.min()) & (times < last)])
    baseline = times / 900
    curves = np.exp(-np.outer(np.exp(0.6 * risk), baseline))
    tau = float(times[-1])
    auc, mean = cumulative_dynamic_auc(y, y, risk, times)
    _, brier = brier_score(y, y, curves, times)
    groups = np.digitize(risk, np.quantile(risk, [1 / 3, 2 / 3]))
    rank = multivariate_logrank_test(time, groups, event)
    # Uno's C needs G above 0 at every death: with tau always so, without it only when somebody outlives all deaths.
    uno = concordance_index_ipcw(y, y, risk)[0] if time[~event].max() > time[event].max() or not (time[event] == time.max()).any() else None
    return {
        "name": name, "time": time.tolist(), "event": event.tolist(), "risk": risk.tolist(), "times": times.tolist(), "tau": tau,
        "unoC": uno, "unoCTau": concordance_index_ipcw(y, y, risk, tau)[0], "auc": auc.tolist(), "meanAuc": float(mean),
        "survival": curves.ravel().tolist(), "brier": brier.tolist(), "integratedBrier": float(integrated_brier_score(y, y, curves, times)),
        "groups": groups.tolist(), "logRank": float(rank.test_statistic), "logRankP": float(rank.p_value),
    }  # fmt: skip


def lowess(x: np.ndarray, y: np.ndarray, span: float) -> np.ndarray:
    """Local lines by NumPy's polyfit: no package of this venv has lowess."""
    near = max(2, int(np.ceil(span * len(x))))
    fitted = []
    for at in x:
        d = np.abs(x - at)
        reach = np.sort(d)[near - 1]
        w = np.where(d < reach, (1 - np.minimum(1, d / reach) ** 3) ** 3, 0)
        fitted.append(np.polyval(np.polyfit(x - at, y, 1, w=np.sqrt(w)), 0))
    return np.clip(fitted, 0, 1)


def calibration_case(name: str, rng: np.random.Generator, n: int, slope: float, shift: float) -> dict:
    x = rng.normal(size=n)
    label = rng.uniform(size=n) < special.expit(slope * x + shift)
    probability = special.expit(x)
    joint = LogisticRegression(penalty=None, tol=1e-14, max_iter=10_000, solver="newton-cholesky").fit(x[:, None], label)
    offset = optimize.brentq(lambda a: (label - special.expit(a + x)).sum(), -20, 20, xtol=1e-15, rtol=1e-15)
    order = np.argsort(probability, kind="stable")
    curve = lowess(probability[order], label[order].astype(float), 0.75)
    thresholds = [0.1, 0.3, 0.5, 0.8]
    called = [(probability >= t) for t in thresholds]
    benefit = [(label & c).mean() - (~label & c).mean() * t / (1 - t) for t, c in zip(thresholds, called)]
    everyone = [label.mean() - (1 - label.mean()) * t / (1 - t) for t in thresholds]
    return {
        "name": name, "label": label.tolist(), "probability": probability.tolist(), "slope": float(joint.coef_[0, 0]), "intercept": float(offset),
        "ici": float(np.abs(curve - probability[order]).mean()), "observed": curve.tolist(), "logLoss": metrics.log_loss(label, probability),
        "thresholds": thresholds, "netBenefit": [float(b) for b in benefit], "treatAll": [float(b) for b in everyone],
    }  # fmt: skip


def delong_case(rng: np.random.Generator, n: int) -> dict:
    label = rng.uniform(size=n) < 0.4
    a = np.round(label + rng.normal(size=n), 1)
    b = np.round(0.5 * label + rng.normal(size=n), 1)
    above = lambda s: (s[label][:, None] > s[~label][None, :]) + 0.5 * (s[label][:, None] == s[~label][None, :])  # noqa: E731
    ka, kb = above(a), above(b)
    case, control = np.cov(np.stack([ka.mean(1), kb.mean(1)])), np.cov(np.stack([ka.mean(0), kb.mean(0)]))
    s = case / label.sum() + control / (~label).sum()
    deviation = np.sqrt(s[0, 0] + s[1, 1] - 2 * s[0, 1])
    value = metrics.roc_auc_score(label, a) - metrics.roc_auc_score(label, b)
    return {
        "label": label.tolist(), "first": a.tolist(), "second": b.tolist(), "value": float(value), "low": float(value - stats.norm.ppf(0.975) * deviation),
        "high": float(value + stats.norm.ppf(0.975) * deviation), "pValue": float(2 * stats.norm.sf(abs(value / deviation))),
    }  # fmt: skip


def resampled_case(rng: np.random.Generator, k: int, share: float) -> dict:
    d = rng.normal(0.03, 0.08, size=k)
    deviation = np.sqrt((1 / k + share) * d.var(ddof=1))
    half = stats.t.ppf(0.975, k - 1) * deviation
    return {
        "differences": d.tolist(), "testShare": share, "value": float(d.mean()), "low": float(d.mean() - half), "high": float(d.mean() + half),
        "pValue": float(2 * stats.t.sf(abs(d.mean() / deviation), k - 1)),
    }  # fmt: skip


def evaluation() -> None:
    rng = np.random.default_rng(20261124)
    chi = [(x, df) for df in (1, 2, 3, 7, 30) for x in (0.01, 0.5, 1, 4, 12.5, 60)]
    cases = {
        "survival": [
            survival_case("few ties", rng, 60, 1, 900),
            survival_case("ties of deaths and censorings", rng, 80, 60, 700),
            survival_case("heavy censoring", rng, 70, 10, 200),
        ],
        "calibration": [calibration_case("too extreme", rng, 60, 0.5, 0.4), calibration_case("too flat", rng, 90, 1.8, -0.5)],
        "delong": [delong_case(rng, 60), delong_case(rng, 35)],
        "resampled": [resampled_case(rng, 25, 0.25), resampled_case(rng, 10, 1 / 9)],
        "chiSquare": [[x, df, float(stats.chi2.sf(x, df))] for x, df in chi],
        "student": [[t, df, float(2 * stats.t.sf(t, df))] for df in (1, 4, 24, 99) for t in (0.1, 1, 2.5, 8)],
    }
    write("evaluation.json", f"scikit-survival {sksurv.__version__}, lifelines {lifelines.__version__}, scikit-learn {sklearn.__version__}, SciPy {scipy.__version__}", cases)  # fmt: skip


def penalised() -> None:
    rng = np.random.default_rng(7)
    cases = []
    for name, n, p, step in [("tall, few ties", 90, 6, 1), ("tall, many ties", 90, 6, 90), ("wide", 40, 55, 5)]:
        x = rng.normal(size=(n, p))
        x[:, 1] += 0.7 * x[:, 0]
        x = (x - x.mean(0)) / x.std(0)
        death = rng.exponential(np.exp(-(0.8 * x[:, 0] - 0.5 * x[:, 2]))) * 500
        out = rng.exponential(900, size=n)
        time, event = np.maximum(step, np.round(np.minimum(death, out) / step) * step), death <= out
        y = Surv.from_arrays(event, time)
        net = []
        for share in (0.05, 0.5, 1.0):
            alphas = [0.3, 0.1, 0.05]
            fit = CoxnetSurvivalAnalysis(l1_ratio=share, alphas=alphas, tol=1e-14, max_iter=2_000_000).fit(x, y)
            net.append({"l1Share": share, "lambdas": alphas, "coefficients": fit.coef_.T.tolist()})
        ridge = []
        for ties in ("breslow", "efron"):
            # Its penalty is alpha/2 |b|^2 beside the log-likelihood itself, not its mean.
            fit = CoxPHSurvivalAnalysis(alpha=0.1 * n, ties=ties, tol=1e-14, n_iter=500).fit(x, y)
            ridge.append({"ties": ties, "lambda": 0.1, "coefficients": fit.coef_.tolist()})
        case = {"name": name, "n": n, "p": p, "values": x.ravel().tolist(), "time": time.tolist(), "event": event.tolist(), "net": net, "ridge": ridge}
        breslow = CoxPHSurvivalAnalysis(alpha=0.1 * n, ties="breslow", tol=1e-14, n_iter=500).fit(x, y)
        hazard = breslow.cum_baseline_hazard_
        case["baseline"] = {"times": hazard.x.tolist(), "cumulative": hazard.y.tolist()}
        label = event
        case["logistic"] = []
        for share, c in ((0.0, 0.05), (0.0, 0.5), (0.5, 0.1), (1.0, 0.2)):
            fit = LogisticRegression(penalty="elasticnet", l1_ratio=share, C=c, solver="saga", tol=1e-12, max_iter=2_000_000).fit(x, label)
            case["logistic"].append({"l1Share": share, "lambda": 1 / (c * n), "intercept": float(fit.intercept_[0]), "coefficients": fit.coef_[0].tolist()})
        cases.append(case)
    lung = cases[0]
    frame = __import__("pandas").DataFrame(np.array(lung["values"]).reshape(lung["n"], lung["p"]))
    frame["time"], frame["event"] = lung["time"], lung["event"]
    # lifelines divides columns by the sample deviation (n - 1) before it penalises; ours have population deviation 1.
    fit = CoxPHFitter(penalizer=0.1 * (lung["n"] - 1) / lung["n"], l1_ratio=0).fit(frame, "time", "event", fit_options={"precision": 1e-12, "max_steps": 500})
    lung["lifelines"] = {"lambda": 0.1, "coefficients": fit.params_.tolist()}
    write("penalised.json", f"scikit-survival {sksurv.__version__}, lifelines {lifelines.__version__}, scikit-learn {sklearn.__version__}", cases)  # fmt: skip


if __name__ == "__main__":
    evaluation()
    penalised()

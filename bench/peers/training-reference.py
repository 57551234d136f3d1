"""Reference numbers for training/, made with scikit-learn, scikit-survival, lifelines and XGBoost.

    python training-reference.py OUTPUT_FOLDER DATE

Writes pca.json, metrics.json, survival.json and xgboost.json. Inputs are drawn with NumPy from fixed seeds and stored with
the answers, so that the tests need no Python.
"""
import json
import sys
from pathlib import Path

import lifelines
import numpy as np
import sklearn
import sksurv
import xgboost
from lifelines.statistics import logrank_test
from sklearn import metrics
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler
from sksurv.metrics import concordance_index_censored
from sksurv.nonparametric import kaplan_meier_estimator

OUT, DATE = Path(sys.argv[1]), sys.argv[2]


def write(name: str, source: str, cases: object) -> None:
    header = {"source": source, "date": DATE, "made": "bench/peers/training-reference.py", "licence": "Apache-2.0 (drawn numbers)"}
    (OUT / name).write_text(json.dumps({"header": header, "cases": cases}) + "\n")


def pca_case(name: str, x: np.ndarray) -> dict:
    scaled = StandardScaler().fit_transform(x)
    fit = PCA(svd_solver="full").fit(scaled)
    share = PCA(n_components=0.95, svd_solver="full").fit(scaled)
    rank = int(np.linalg.matrix_rank(scaled - scaled.mean(axis=0)))
    return {
        "name": name, "n": x.shape[0], "p": x.shape[1], "values": x.ravel().tolist(), "rank": rank,
        "scalerMean": StandardScaler().fit(x).mean_.tolist(), "scalerScale": StandardScaler().fit(x).scale_.tolist(),
        "explainedVariance": fit.explained_variance_.tolist(), "explainedVarianceRatio": fit.explained_variance_ratio_.tolist(),
        "components": fit.components_[:rank].tolist(), "keptFor95": int(share.n_components_),
    }  # fmt: skip


def pca() -> None:
    rng = np.random.default_rng(20261123)
    tall = rng.normal(size=(40, 6)) * [1, 3, 0.2, 10, 1, 5] + [0, 1, 2, 3, 4, 5]
    tall[:, 4] += 0.8 * tall[:, 0]
    wide = rng.normal(size=(9, 25)) @ np.diag(rng.uniform(0.5, 3, 25))
    deficient = rng.normal(size=(20, 3)) @ rng.normal(size=(3, 8))
    constant = np.column_stack([tall[:12], np.full(12, 0.1)])
    cases = [pca_case("tall", tall), pca_case("wide", wide), pca_case("rank-deficient", deficient), pca_case("constant column", constant)]
    write("pca.json", f"scikit-learn {sklearn.__version__} PCA(svd_solver='full') after StandardScaler", cases)


def metric_case(name: str, label: np.ndarray, score: np.ndarray) -> dict:
    called = (score >= 0.5).astype(int)
    fpr, tpr, threshold = metrics.roc_curve(label, score, drop_intermediate=False)
    tn, fp, fn, tp = metrics.confusion_matrix(label, called).ravel().tolist()
    return {
        "name": name, "label": label.astype(bool).tolist(), "score": score.tolist(),
        "rocAuc": metrics.roc_auc_score(label, score), "prAuc": metrics.average_precision_score(label, score),
        "brier": metrics.brier_score_loss(label, score), "accuracy": metrics.accuracy_score(label, called),
        "f1Weighted": metrics.f1_score(label, called, average="weighted", zero_division=0),
        "precision": metrics.precision_score(label, called, zero_division=0),
        "recall": metrics.recall_score(label, called, zero_division=0),
        "falsePositiveRate": fpr.tolist(), "truePositiveRate": tpr.tolist(), "threshold": threshold[1:].tolist(),
        "trueNegatives": tn, "falsePositives": fp, "falseNegatives": fn, "truePositives": tp,
    }  # fmt: skip


def classification() -> None:
    rng = np.random.default_rng(7)
    label = (rng.random(60) < 0.35).astype(int)
    smooth = np.clip(0.35 + 0.2 * label + 0.2 * rng.normal(size=60), 0, 1)
    cases = [
        metric_case("no ties", label, smooth),
        metric_case("ties", label, np.round(smooth, 1)),
        metric_case("nobody called dead", label, smooth * 0.4),
        metric_case("everybody called dead", label, 0.5 + smooth * 0.5),
        metric_case("constant score", label, np.full(60, 0.35)),
        metric_case("perfect", label, 0.2 + 0.6 * label),
    ]
    write("metrics.json", f"scikit-learn {sklearn.__version__}", cases)


def survival_case(name: str, time: np.ndarray, event: np.ndarray, risk: np.ndarray, group: np.ndarray) -> dict:
    at, alive = kaplan_meier_estimator(event, time)
    test = logrank_test(time[~group], time[group], event[~group], event[group])
    return {
        "name": name, "timeDays": time.tolist(), "event": event.tolist(), "risk": risk.tolist(), "group": group.tolist(),
        "harrellC": concordance_index_censored(event, time, risk)[0],
        "kmTime": at.tolist(), "kmSurvival": alive.tolist(),
        "logRankChiSquare": test.test_statistic, "logRankP": test.p_value,
    }  # fmt: skip


def survival() -> None:
    rng = np.random.default_rng(11)
    n = 80
    risk = rng.normal(size=n)
    death = rng.exponential(900 * np.exp(-0.7 * risk))
    censor = rng.uniform(100, 2000, n)
    time, event = np.minimum(death, censor), death <= censor
    tied = np.ceil(time / 200) * 200
    cases = [
        survival_case("no ties", time, event, risk, risk > 0),
        survival_case("ties in time", tied, event, risk, risk > 0.5),
        survival_case("ties in time and risk", tied, event, np.round(risk), rng.random(n) < 0.5),
        survival_case("few events", tied, event & (rng.random(n) < 0.2), risk, rng.random(n) < 0.3),
        survival_case("small, strong", np.array([5, 8, 8, 12, 30, 40, 41, 50.0]), np.ones(8, bool), np.arange(8)[::-1] * 1.0, np.arange(8) > 3),
    ]
    source = f"scikit-survival {sksurv.__version__} (concordance, Kaplan-Meier), lifelines {lifelines.__version__} (log-rank)"
    write("survival.json", source, cases)


def boosting() -> None:
    rng = np.random.default_rng(5)
    x = rng.normal(size=(90, 7)).astype(np.float32)
    x[rng.random(x.shape) < 0.1] = np.nan
    y = (np.nan_to_num(x[:, 0]) + 0.5 * rng.normal(size=90) > 0).astype(np.float32)
    weight = rng.uniform(0.5, 2, 90).astype(np.float32)
    common = {"seed": 3, "nthread": 1, "verbosity": 0}
    settings = {
        "default recipe": ({"objective": "binary:logistic", "eta": 0.05, "max_depth": 2, "min_child_weight": 1, "subsample": 0.7, "colsample_bytree": 0.5, "lambda": 1, "base_score": 0.4, "tree_method": "exact"}, 30, False),
        "reference recipe": ({"objective": "reg:logistic", "eta": 0.1, "base_score": 0.5, "tree_method": "exact"}, 10, False),
        "weights, hist": ({"objective": "binary:logistic", "eta": 0.3, "max_depth": 3, "tree_method": "hist", "base_score": 0.5}, 12, True),
    }  # fmt: skip
    cases = []
    for name, (params, rounds, weighted) in settings.items():
        data = xgboost.DMatrix(x[:60], label=y[:60], weight=weight[:60] if weighted else None, nthread=1)
        rest = xgboost.DMatrix(x[60:], nthread=1)
        booster = xgboost.train({**params, **common}, data, num_boost_round=rounds)
        cases.append({
            "name": name, "rounds": rounds, "parameters": params, "weighted": weighted,
            "value": booster.predict(rest).astype(float).tolist(),
            "margin": booster.predict(rest, output_margin=True).astype(float).tolist(),
        })  # fmt: skip
    flat = [None if np.isnan(v) else float(v) for v in x.ravel()]
    data = {"n": 90, "p": 7, "trainRows": 60, "values": flat, "label": y.tolist(), "weight": weight.astype(float).tolist(), "seed": 3, "boosters": cases}
    write("xgboost.json", f"Python xgboost {xgboost.__version__}, one thread", data)


if __name__ == "__main__":
    pca()
    classification()
    survival()
    boosting()

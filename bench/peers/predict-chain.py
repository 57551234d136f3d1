"""Records what scikit-learn and XGBoost answer for a whole fitted chain, for the parity test of serving/predict.

    python bench/peers/predict-chain.py serving/reference/chain.json

log(1 + x) -> median imputation -> constant columns dropped -> standardised -> PCA to 95 % -> XGBoost, on random data.
Needs numpy, scikit-learn and xgboost.
"""
import json
import os
import sys
import tempfile

import numpy as np
import sklearn
import xgboost as xgb
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import StandardScaler

DATE = "2026-11-23"
rng = np.random.default_rng(7)
n = 150
names = [("genomic", "LRIG1"), ("genomic", "HPGD"), ("genomic", "CD44"), ("clinical", "Age"), ("clinical", "NeverSeen"),
         ("clinical", "Gender_Male"), ("imaging", "original_shape_Sphericity"), ("imaging", "original_firstorder_Mean")]


def patients(count):
    genes = np.exp(rng.normal(size=(count, 3)))
    age = rng.normal(68, 9, size=count)
    flag = (rng.random(count) < 0.6).astype(float)
    sphericity = rng.uniform(0.4, 0.9, size=count)
    mean = rng.normal(-20, 60, size=count)
    x = np.column_stack([genes, age, np.zeros(count), flag, sphericity, mean])
    x[rng.random(x.shape) < 0.1] = np.nan
    x[rng.random(count) < 0.3, 6:] = np.nan
    return x


def logged(x):
    x = x.copy()
    x[:, :3] = np.log1p(x[:, :3])
    return x


raw = patients(n)
risk = np.nan_to_num(np.log1p(raw[:, 0])) - np.nan_to_num(raw[:, 6], nan=0.65) * 3 + rng.normal(size=n) * 0.3
dead = (risk > np.median(risk)).astype(float)
imputer = SimpleImputer(strategy="median").fit(logged(raw))
kept = [j for j in range(len(names)) if np.ptp(imputer.transform(logged(raw))[:, j]) > 0]
scaler = StandardScaler().fit(imputer.transform(logged(raw))[:, kept])
pca = PCA(n_components=0.95, svd_solver="full").fit(scaler.transform(imputer.transform(logged(raw))[:, kept]))


def prepared(x):
    return pca.transform(scaler.transform(imputer.transform(logged(x))[:, kept]))


booster = xgb.train(dict(objective="reg:logistic", eta=0.1, nthread=1, seed=0), xgb.DMatrix(prepared(raw), label=dead), 10)
asked = patients(40)
asked[0] = np.nan
asked[0, 3] = 68
with tempfile.TemporaryDirectory() as scratch:
    booster.save_model(os.path.join(scratch, "model.json"))
    with open(os.path.join(scratch, "model.json"), encoding="utf-8") as stream:
        model = json.load(stream)
document = {
    "about": f"scikit-learn {sklearn.__version__} (BSD-3-Clause), XGBoost {xgb.__version__} (Apache-2.0), {DATE}, made by bench/peers/predict-chain.py; random data, seed 7",
    "columns": [dict(group=g, feature=f) for g, f in names],
    "steps": [
        dict(kind="log1p", at=[0, 1, 2]),
        dict(kind="impute", values=imputer.statistics_.tolist()),
        dict(kind="select", at=kept),
        dict(kind="scale", mean=scaler.mean_.tolist(), scale=scaler.scale_.tolist()),
        dict(kind="pca", inputs=len(kept), components=pca.components_.tolist(),
             explainedVarianceRatio=pca.explained_variance_ratio_.tolist()),
    ],
    "ranges": [[float(np.nanmin(raw[:, j])), float(np.nanmax(raw[:, j]))] for j in range(len(names))],
    "rows": [[None if np.isnan(v) else float(v) for v in row] for row in asked],
    "probabilities": [float(v) for v in booster.predict(xgb.DMatrix(prepared(asked)))],
    "model": model,
}
with open(sys.argv[1], "w", encoding="utf-8") as stream:
    json.dump(document, stream, separators=(",", ":"))
    stream.write("\n")

"""Survival curves and contributions of models by other programs, for the predictor's tests.

    python bench/peers/survival-answers.py > serving/reference/survival-answers.json

lifelines 0.30 fits Cox models (Breslow ties and baseline); XGBoost fits survival:cox and survival:aft; SciPy gives the
survival functions of the noise. The data are drawn here (NumPy, seed 5); nothing of a patient is in the file.
"""
import json
import sys

import numpy as np
import pandas as pd
import scipy.stats as st
import xgboost as xgb
from lifelines import CoxPHFitter

rng = np.random.default_rng(5)
n, p = 120, 4
x = np.round(rng.normal(size=(n, p)), 3)
beta = np.array([0.8, -0.5, 0.0, 0.3])
latent = rng.exponential(size=n) / np.exp(x @ beta) * 900
censor = rng.uniform(200, 2500, size=n)
time = np.maximum(1, np.round(np.minimum(latent, censor)))
event = latent <= censor

frame = pd.DataFrame(x, columns=list("abcd")).assign(time=time, event=event.astype(int))
cox = CoxPHFitter(baseline_estimation_method="breslow")
cox.fit(frame, "time", "event")
ask = np.round(rng.normal(size=(6, p)), 3)
# Days of deaths: between them lifelines draws a straight line, where Breslow's estimate is a step.
times = [float(t) for t in np.quantile(time[event], [0.0, 0.2, 0.4, 0.6, 0.8, 1.0], method="nearest")]
curves = cox.predict_survival_function(pd.DataFrame(ask, columns=list("abcd")), times=times)
centred = cox.baseline_cumulative_hazard_

out = {
    "madeWith": {"lifelines": __import__("lifelines").__version__, "xgboost": xgb.__version__, "scipy": __import__("scipy").__version__},
    "rows": ask.tolist(),
    "times": times,
    "cox": {
        "mean": cox._norm_mean.tolist(),
        "coefficients": cox.params_.tolist(),
        "baseline": {"timeDays": [float(t) for t in centred.index], "cumulative": centred.iloc[:, 0].tolist()},
        "survival": curves.T.values.tolist(),
        "hazardRatio": cox.predict_partial_hazard(pd.DataFrame(ask, columns=list("abcd"))).tolist(),
    },
    "aft": [],
}
lower, upper = time, np.where(event, time, np.inf)
for distribution, noise in (("normal", st.norm), ("logistic", st.logistic), ("extreme", st.gumbel_l)):
    data = xgb.DMatrix(x.astype(np.float32))
    data.set_float_info("label_lower_bound", lower)
    data.set_float_info("label_upper_bound", upper)
    scale = 0.8
    model = xgb.train(
        {"objective": "survival:aft", "aft_loss_distribution": distribution, "aft_loss_distribution_scale": scale,
         "max_depth": 2, "eta": 0.3, "tree_method": "exact", "seed": 0}, data, 8)
    rows = xgb.DMatrix(ask.astype(np.float32))
    margin = model.predict(rows, output_margin=True).astype(float)
    z = (np.log(times)[None, :] - margin[:, None]) / scale
    out["aft"].append({
        "distribution": distribution, "scale": scale, "model": json.loads(model.save_raw("json").decode()),
        "days": model.predict(rows).astype(float).tolist(),
        "contributions": model.predict(rows, pred_contribs=True).astype(float).tolist(),
        "survival": noise.sf(z).tolist(),
        "median": np.exp(margin + scale * noise.median()).tolist(),
    })
data = xgb.DMatrix(x.astype(np.float32), label=np.where(event, time, -time))
model = xgb.train({"objective": "survival:cox", "max_depth": 2, "eta": 0.3, "tree_method": "exact", "seed": 0}, data, 8)
rows = xgb.DMatrix(ask.astype(np.float32))
out["coxTrees"] = {
    "model": json.loads(model.save_raw("json").decode()),
    "hazardRatio": model.predict(rows).astype(float).tolist(),
    "contributions": model.predict(rows, pred_contribs=True).astype(float).tolist(),
}
json.dump(out, sys.stdout)

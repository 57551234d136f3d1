"""Records model.tar.gz files of survival models, as managed platforms store them, for the test of importing a whole model.

    python xgboost-survival-artifacts.py OUTPUT_FILE DATE      (run with XGBoost 3.2.0 and 1.7.6; answers of both go into one file)
"""
import base64
import io
import json
import pickle
import sys
import tarfile
import tempfile
from pathlib import Path

import numpy as np
import xgboost as xgb

OUT, DATE = Path(sys.argv[1]), sys.argv[2]


def archive(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as out:
        entry = tarfile.TarInfo("xgboost-model")
        entry.size = len(content)
        out.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def main() -> None:
    rng = np.random.default_rng(12)
    x = rng.normal(size=(60, 3))
    x[rng.random(x.shape) < 0.1] = np.nan
    time = np.exp(6 - 0.7 * np.nan_to_num(x[:, 0]) + 0.5 * rng.normal(size=60))
    event = rng.random(60) < 0.6
    asked = rng.normal(size=(5, 3))
    asked[1, 2] = np.nan
    version = xgb.__version__
    document = json.loads(OUT.read_text()) if OUT.exists() else {
        "header": {"source": "XGBoost 1.7.6 and 3.2.0 (Apache-2.0), Python's pickle and tarfile", "date": DATE,
                   "made": "bench/peers/xgboost-survival-artifacts.py", "licence": "Apache-2.0 (drawn numbers)"}, "cases": []}  # fmt: skip
    for objective, extra in (("survival:cox", {}), ("survival:aft", {"aft_loss_distribution": "logistic", "aft_loss_distribution_scale": 1.2}), ("reg:squarederror", {})):
        train = xgb.DMatrix(x)
        if objective == "survival:aft":
            train.set_float_info("label_lower_bound", time)
            train.set_float_info("label_upper_bound", np.where(event, time, np.inf))
        else:
            train.set_label(np.where(event, time, -time))
        booster = xgb.train(dict(objective=objective, max_depth=2, nthread=1, **extra), train, 4)
        with tempfile.TemporaryDirectory() as scratch:
            file = Path(scratch) / "model.json"
            booster.save_model(file)
            forms = {"pickle": pickle.dumps(booster, protocol=4), "json": file.read_bytes()}
        query = xgb.DMatrix(asked)
        for form, content in forms.items():
            document["cases"].append({
                "name": f"{objective}, {form}, XGBoost {version}", "form": form, "objective": objective, "version": version,
                "content": base64.b64encode(archive(content)).decode("ascii"),
                "rows": [[None if np.isnan(v) else v for v in row] for row in asked.tolist()],
                "predictions": booster.predict(query).tolist(), "margins": booster.predict(query, output_margin=True).tolist(),
            })  # fmt: skip
    OUT.write_text(json.dumps(document) + "\n")


main()

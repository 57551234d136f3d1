"""Records XGBoost models in the forms that people and managed platforms store them in, for the importer's test.

    python xgboost-artifacts.py OUTPUT_FILE DATE      (run with XGBoost 3.2.0 and 1.7.6; answers of both go into one file)
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


def main() -> None:
    rng = np.random.default_rng(11)
    x = rng.normal(size=(60, 3))
    y = (x[:, 0] + 0.5 * x[:, 1] > 0).astype(float)
    names = ["age", "weight", "pack years"]
    booster = xgb.train(dict(objective="binary:logistic", max_depth=2, nthread=1), xgb.DMatrix(x, y, feature_names=names), 3)
    asked = rng.normal(size=(5, 3))
    version = xgb.__version__
    forms = {f"pickle protocol {p}": pickle.dumps(booster, protocol=p) for p in (3, 4, 5)}
    with tempfile.TemporaryDirectory() as scratch:
        for suffix in ("json", "ubj") + (("deprecated",) if version.startswith("1.") else ()):
            file = Path(scratch) / f"model.{suffix}"
            booster.save_model(file)
            forms["legacy binary" if suffix == "deprecated" else suffix] = file.read_bytes()
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        entry = tarfile.TarInfo("xgboost-model")
        entry.size = len(forms["pickle protocol 4"])
        archive.addfile(entry, io.BytesIO(forms["pickle protocol 4"]))
    forms["model.tar.gz of a pickle"] = buffer.getvalue()
    document = json.loads(OUT.read_text()) if OUT.exists() else {
        "header": {"source": "XGBoost 1.7.6 and 3.2.0 (Apache-2.0), Python's pickle and tarfile", "date": DATE,
                   "made": "bench/peers/xgboost-artifacts.py", "licence": "Apache-2.0 (drawn numbers)"}, "cases": []}  # fmt: skip
    for form, content in forms.items():
        document["cases"].append({
            "name": f"{form}, XGBoost {version}", "form": form, "version": version,
            "content": base64.b64encode(content).decode("ascii"), "featureNames": names,
            "rows": asked.ravel().tolist(), "predictions": booster.predict(xgb.DMatrix(asked, feature_names=names)).tolist(),
        })  # fmt: skip
    OUT.write_text(json.dumps(document) + "\n")


main()

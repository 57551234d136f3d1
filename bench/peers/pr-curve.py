"""Reference numbers for training/evaluate/pr-curve.ts, made with scikit-learn.

    python pr-curve.py OUTPUT_FILE DATE
"""
import json
import sys
from pathlib import Path

import numpy as np
import sklearn
from sklearn.metrics import precision_recall_curve

OUT, DATE = Path(sys.argv[1]), sys.argv[2]


def main() -> None:
    rng = np.random.default_rng(5)
    cases = []
    for name, n, digits in (("no ties", 40, 6), ("many ties", 60, 1)):
        label = rng.random(n) < 0.35
        score = np.round(np.clip(rng.normal(0.3 + 0.3 * label, 0.25), 0, 1), digits)
        precision, recall, threshold = precision_recall_curve(label, score)
        # The last point of scikit-learn (precision 1 at recall 0) belongs to no threshold.
        cases.append({"name": name, "label": label.tolist(), "score": score.tolist(), "precision": precision[:-1][::-1].tolist(),
                      "recall": recall[:-1][::-1].tolist(), "threshold": threshold[::-1].tolist()})  # fmt: skip
    header = {"source": f"scikit-learn {sklearn.__version__} precision_recall_curve, numpy {np.__version__}", "date": DATE,
              "made": "bench/peers/pr-curve.py", "licence": "Apache-2.0 (drawn numbers)"}  # fmt: skip
    OUT.write_text(json.dumps({"header": header, "cases": cases}) + "\n")


main()

"""Reference numbers for training/pca, made with scikit-learn.

    python pca-reference.py OUTPUT_FILE DATE

Matrices are drawn with NumPy from a fixed seed and stored with the answers.
"""
import json
import sys
from pathlib import Path

import numpy as np
import sklearn
from sklearn.decomposition import PCA

OUT, DATE = Path(sys.argv[1]), sys.argv[2]


def case(name: str, x: np.ndarray) -> dict:
    fit = PCA(svd_solver="full").fit(x)
    rank = int(np.linalg.matrix_rank(x - x.mean(axis=0)))
    half = PCA(n_components=max(1, rank // 2), svd_solver="full").fit(x)
    return {
        "name": name, "n": x.shape[0], "p": x.shape[1], "values": x.ravel().tolist(), "rank": rank,
        "explainedVariance": fit.explained_variance_.tolist(), "components": fit.components_[:rank].tolist(),
        "half": half.n_components_, "reconstructionOfHalf": half.inverse_transform(half.transform(x)).ravel().tolist(),
    }  # fmt: skip


def main() -> None:
    rng = np.random.default_rng(20261124)
    tall = np.round(rng.normal(size=(60, 7)), 6) * [1, 3, 0.2, 10, 1, 5, 2] + np.arange(7)
    wide = np.round(rng.normal(size=(12, 40)), 6) * np.linspace(0.5, 3, 40)
    deficient = rng.integers(-9, 10, size=(20, 3)).astype(float) @ rng.integers(-9, 10, size=(3, 8))
    constant = np.column_stack([tall[:15], np.full(15, 0.1)])
    # Columns of an orthogonal matrix (orthogonal to the constant vector) give the covariance exactly chosen eigenvalues.
    basis, _ = np.linalg.qr(np.column_stack([np.ones(30), rng.normal(size=(30, 5))]))
    turn, _ = np.linalg.qr(rng.normal(size=(5, 5)))
    repeated = (basis[:, 1:] * np.sqrt(29 * np.array([9.0, 9.0, 9.0, 1.0, 1.0]))) @ turn
    cases = [case("tall", tall), case("wide", wide), case("rank-deficient", deficient), case("constant column", constant), case("repeated eigenvalues", repeated)]
    header = {"source": f"scikit-learn {sklearn.__version__} PCA(svd_solver='full'), numpy {np.__version__}", "date": DATE,
              "made": "bench/peers/pca-reference.py", "licence": "Apache-2.0 (drawn numbers)"}  # fmt: skip
    OUT.write_text(json.dumps({"header": header, "cases": cases}) + "\n")


main()

"""Reference numbers of the feature store's statistics and drift, from NumPy and SciPy (both BSD-3-Clause).

Run: python bench/peers/store_statistics.py > featurestore/reference/statistics.json
"""
import json
import numpy as np
import scipy
from scipy import special, stats

rng = np.random.default_rng(20261124)


def described(values):
    finite = np.array([v for v in values if v is not None])
    p = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]
    counts, edges = np.histogram(finite, bins=10)
    return {
        "values": values,
        "count": len(finite),
        "missing": len(values) - len(finite),
        "mean": float(np.mean(finite)),
        "sd": float(np.std(finite, ddof=1)),
        "quantiles": [{"p": q, "value": float(np.quantile(finite, q))} for q in p],
        "edges": edges.tolist(),
        "counts": counts.tolist(),
    }


def psi(a, b, bins=10):
    edges = np.unique(np.quantile(a, np.arange(1, bins) / bins))
    share = lambda x: np.maximum(np.bincount(np.searchsorted(edges, x, side="left"), minlength=len(edges) + 1) / len(x), 1e-4)
    p, q = share(a), share(b)
    return float(np.sum((q - p) * np.log(q / p)))


def drift(name, a, b):
    exact = len(a) * len(b) <= 1_000_000
    test = stats.ks_2samp(a, b, method="exact" if exact else "asymp")
    d = float(test.statistic)
    limit = float(special.kolmogorov(d * np.sqrt(len(a) * len(b) / (len(a) + len(b)))))
    return {"name": name, "baseline": a.tolist(), "current": b.tolist(), "psi": psi(a, b), "ks": d,
            "pValue": float(test.pvalue) if exact else limit}


normal = [float(v) if rng.random() > 0.1 else None for v in rng.normal(50, 12, 200)]
counts = [int(v) for v in rng.poisson(3, 150)]
print(json.dumps({
    "source": f"NumPy {np.__version__} (mean, std ddof=1, quantile linear, histogram), SciPy {scipy.__version__} (ks_2samp exact, special.kolmogorov)",
    "licence": "BSD-3-Clause programs; the values are drawn from a seeded generator (PCG64, seed 20261124)",
    "how": "bench/peers/store_statistics.py",
    "described": [described(normal), described(counts), described([7.25, 7.25, 7.25])],
    "drift": [
        drift("same", rng.normal(0, 1, 80), rng.normal(0, 1, 60)),
        drift("shifted", rng.normal(0, 1, 80), rng.normal(0.8, 1, 75)),
        drift("far apart", rng.normal(0, 1, 40), rng.normal(6, 1, 30)),
        drift("ties", rng.poisson(2, 90).astype(float), rng.poisson(3, 50).astype(float)),
        drift("equal sizes", rng.normal(0, 1, 64), rng.normal(0, 2, 64)),
        drift("one", rng.normal(0, 1, 1), rng.normal(0, 1, 5)),
    ],
    "kolmogorov": [[x, float(special.kolmogorov(x))] for x in [0.2, 0.5, 0.8, 0.999, 1.0, 1.3, 2.0, 3.0, 5.0]],
}))

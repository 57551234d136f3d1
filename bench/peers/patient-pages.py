"""Reference numbers for the page of a patient: SimpleITK's BinShrink (means of blocks and where they lie) on an oblique
volume, and SciPy's percentile ranks. Writes web/server/reference/patient-pages.json.

Run: python bench/peers/patient-pages.py   (SimpleITK, SciPy)
"""
import json
from pathlib import Path

import numpy as np
import scipy
import SimpleITK as sitk
from scipy.stats import percentileofscore

rng = np.random.default_rng(52)
size, spacing, origin = (6, 4, 4), (0.75, 0.75, 2.5), (-120.25, 33.5, -410.0)
turn = np.deg2rad(20)
direction = [1, 0, 0, 0, np.cos(turn), -np.sin(turn), 0, np.sin(turn), np.cos(turn)]
voxels = rng.integers(-1000, 400, size=size[::-1]).astype(np.float64)
image = sitk.GetImageFromArray(voxels)
image.SetSpacing(spacing)
image.SetOrigin(origin)
image.SetDirection(direction)

cases = []
for factors in [(2, 2, 1), (2, 2, 2), (1, 4, 2)]:
    small = sitk.BinShrink(image, factors)
    corners = [(0, 0, 0), tuple(n - 1 for n in small.GetSize())]
    cases.append({
        "factors": factors,
        "size": small.GetSize(),
        "voxels": sitk.GetArrayFromImage(small).ravel().tolist(),
        "corners": [{"index": c, "lpsMm": small.TransformIndexToPhysicalPoint(c)} for c in corners],
    })

values = [3.0, 1.0, 2.0, 2.0, 8.0, -1.5, 2.0]
ranks = [{"value": v, "percentile": percentileofscore(values, v, kind="mean")} for v in sorted(set(values))]

out = {
    "source": f"SimpleITK {sitk.Version().VersionString()} BinShrink; SciPy {scipy.__version__} percentileofscore, kind mean",
    "licence": "Apache-2.0 (SimpleITK), BSD-3-Clause (SciPy); the numbers are of random input",
    "made": "bench/peers/patient-pages.py, seed 52",
    "volume": {"size": size, "spacingMm": spacing, "originLpsMm": origin, "direction": direction,
               "voxels": voxels.ravel().tolist()},
    "shrunk": cases,
    "ranks": {"values": values, "of": ranks, "median": float(np.median(values))},
}
target = Path(__file__).parents[2] / "web" / "server" / "reference" / "patient-pages.json"
target.write_text(json.dumps(out, indent=1) + "\n")

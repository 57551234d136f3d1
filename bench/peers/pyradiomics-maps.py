"""Writes pipelines/imaging/reference/pyradiomics-3.0.1-maps.csv: voxel-based extraction of PyRadiomics.

Needs Python 3.11, pyradiomics 3.0.1, SimpleITK and numpy. The image is the synthetic one of pyradiomics-reference.py with a
flat corner and one voxel of the region far from the others. Voxels are given to PyRadiomics one at a time (voxelBatch 1): in
larger batches its JointAverage becomes NaN, and its MCC fails for the whole batch, when one kernel has no pair in one
direction. Per case and feature: the mean over the region's voxels that
have a value, the number that have none (NaN), and the values at some voxels.
"""

import csv
import logging
import pathlib

import numpy as np
import radiomics
import SimpleITK as sitk
from radiomics import featureextractor

HERE = pathlib.Path(__file__).resolve().parents[2] / "pipelines" / "imaging" / "reference"
VERSION = f"PyRadiomics {radiomics.__version__.lstrip('v')} (BSD 3-clause), numpy {np.__version__}, SimpleITK {sitk.Version().VersionString()}"
CLASSES = ["firstorder", "glcm", "glrlm", "glszm", "gldm", "ngtdm"]
CASES = {
    "default": {},
    "radius2": {"kernelRadius": 2, "initValue": -1},
    "unmasked": {"maskedKernel": False},
    "flat2d": {"force2D": True, "binCount": 16, "kernelRadius": 2},
    "distances": {"kernelRadius": 2, "distances": [1, 2], "binWidth": 60, "gldm_a": 1},
    "weighted": {"weightingNorm": "euclidean", "binWidth": 100},
}
logging.getLogger("radiomics").setLevel(logging.CRITICAL)


def synthetic():
    nx, ny, nz = 9, 8, 7
    i = np.arange(nx * ny * nz)
    x, y, z = i % nx, (i // nx) % ny, i // (nx * ny)
    values = (i * 7919 + (i % 13) * 1047) % 997 - 300
    values[(x < 4) & (y < 4) & (z < 4)] = 55
    inside = ((i * 31 + (i % 7) * 17) % 10 < 7) & (x < 6) & (y < 7) & (z > 0)
    inside[(x < 4) & (y < 4) & (z > 0) & (z < 4)] = True
    inside[(x == 8) & (y == 0) & (z == 6)] = True
    image = sitk.GetImageFromArray(values.reshape(nz, ny, nx).astype(np.int16))
    mask = sitk.GetImageFromArray(inside.reshape(nz, ny, nx).astype(np.uint8))
    for grid in (image, mask):
        grid.SetSpacing((0.8, 1.1, 2.5))
    return image, mask


def main():
    image, mask = synthetic()
    inside = sitk.GetArrayFromImage(mask)
    voxels = np.argwhere(inside)
    shown = voxels[:: max(1, len(voxels) // 14)]
    # The flat corner's middle, the lone voxel, a corner of the image's border.
    shown = np.unique(np.vstack([shown, [[2, 1, 1], [6, 0, 8], voxels[0]]]), axis=0)
    with open(HERE / "pyradiomics-3.0.1-maps.csv", "w", newline="") as file:
        file.write(f"# {VERSION}, 2026-11-24, made by bench/peers/pyradiomics-maps.py\n")
        file.write("# execute(image, mask, voxelBased=True) with voxelBatch 1; columns x_y_z: value of the map at that voxel of the image\n")
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["case", "feature", "mean", "nan", *[f"{x}_{y}_{z}" for z, y, x in shown]])
        for case, settings in CASES.items():
            extractor = featureextractor.RadiomicsFeatureExtractor(additionalInfo=False, voxelBatch=1, **settings)
            extractor.disableAllFeatures()
            for name in CLASSES:
                extractor.enableFeatureClassByName(name)
            maps = extractor.execute(image, mask, voxelBased=True)
            for feature, result in sorted(maps.items()):
                start = [round(o / s) for o, s in zip(result.GetOrigin(), result.GetSpacing())]
                full = np.full(inside.shape, np.nan)
                part = sitk.GetArrayFromImage(result)
                full[tuple(slice(s, s + n) for s, n in zip(start[::-1], part.shape))] = part
                values = full[inside == 1]
                row = [case, feature, repr(float(np.nanmean(values))), int(np.isnan(values).sum())]
                out.writerow(row + [repr(float(full[tuple(v)])) for v in shown])


if __name__ == "__main__":
    main()

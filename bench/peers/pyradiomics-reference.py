"""Writes the PyRadiomics reference numbers of pipelines/imaging/reference/.

Needs Python 3.11, pyradiomics 3.0.1, SimpleITK and numpy. Arguments: a folder with lung1_ct.nii.gz and
lung1_mask.nii.gz (the artifacts of the imaging stage for patient LUNG1-001, region GTV-1: the same voxels that this
project measures) and the folder of the PyRadiomics baseline images.
"""

import csv
import pathlib
import sys

import numpy as np
import radiomics
import SimpleITK as sitk
from radiomics import cShape, featureextractor, imageoperations, shape2D

HERE = pathlib.Path(__file__).resolve().parents[2] / "pipelines" / "imaging" / "reference"
MADE = "made by bench/peers/pyradiomics-reference.py"
VERSION = f"PyRadiomics {radiomics.__version__.lstrip('v')} (BSD 3-clause), numpy {np.__version__}, SimpleITK {sitk.Version().VersionString()}"
SMALL = ["default", "on-request", "distances", "asymmetric", "euclidean", "manhattan", "infinity", "no_weighting",
         "force2d-z", "force2d-y", "force2d-x", "bin-count", "normalised", "resegment-absolute", "resegment-relative", "resegment-shape", "gldm-a"]


def synthetic():
    """9 x 8 x 7 voxels of 0.8 x 1.1 x 2.5 mm, values and mask from integer arithmetic on the voxel index."""
    nx, ny, nz = 9, 8, 7
    i = np.arange(nx * ny * nz)
    values = (i * 7919 + (i % 13) * 1047) % 997 - 300
    inside = (i * 31 + (i % 7) * 17) % 10 < 7
    image = sitk.GetImageFromArray(values.reshape(nz, ny, nx).astype(np.int16))
    mask = sitk.GetImageFromArray(inside.reshape(nz, ny, nx).astype(np.uint8))
    for grid in (image, mask):
        grid.SetSpacing((0.8, 1.1, 2.5))
    return image, mask


PLANES = {"z": 0, "y": 1, "x": 2}


def one_plane(image, mask, dimension):
    """The voxels of the mask with index 3 along one dimension of the array."""
    voxels = sitk.GetArrayFromImage(mask)
    kept = np.zeros_like(voxels)
    at = tuple(3 if d == dimension else slice(None) for d in range(3))
    kept[at] = voxels[at]
    plane = sitk.GetImageFromArray(kept)
    plane.CopyInformation(mask)
    return image, plane


def features(image, mask, setting):
    extractor = featureextractor.RadiomicsFeatureExtractor(str(HERE / "settings" / f"{setting}.yaml"))
    result = extractor.execute(image, mask)
    # The extractor of 3.0.1 asks for a thickness above 1 where it means 1, so 2D shape is only to be had from its class.
    if setting.startswith("shape2d"):
        box, _ = imageoperations.checkMask(image, mask, **extractor.settings)
        shape = shape2D.RadiomicsShape2D(*imageoperations.cropToTumorMask(image, mask, box), **extractor.settings)
        for name in extractor.enabledFeatures["shape2D"]:
            shape.enableFeatureByName(name)
        result.update({f"original_shape2D_{k}": v for k, v in shape.execute().items()})
    return {k: float(v) for k, v in result.items() if k.startswith("original_")}


def write_features(lung, baselines):
    cases = [("synthetic", *synthetic(), SMALL),
             *[(f"synthetic-plane-{axis}", *one_plane(*synthetic(), d), ["default", f"force2d-{axis}", f"shape2d-{axis}"])
               for axis, d in PLANES.items()],
             ("lung1-001", *[sitk.ReadImage(str(lung / f"lung1_{k}.nii.gz")) for k in ("ct", "mask")],
              ["default", "asymmetric", "euclidean", "bin-count", "resegment-absolute", "gldm-a"])]
    for name in ("brain1", "breast1"):
        cases.append((name, *[sitk.ReadImage(str(baselines / f"{name}_{k}.nrrd")) for k in ("image", "label")],
                      ["default", "on-request"]))
    with open(HERE / "pyradiomics-3.0.1-features.csv", "w", newline="") as file:
        file.write(f"# {VERSION}, 2026-11-24, {MADE}\n")
        file.write("# setting: a file of reference/settings; synthetic: see the script; lung1-001: NSCLC-Radiomics, GTV-1\n")
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["case", "setting", "feature", "value"])
        for case, image, mask, settings in cases:
            for setting in settings:
                for feature, value in sorted(features(image, mask, setting).items()):
                    out.writerow([case, setting, feature, repr(value)])


def write_cubes():
    with open(HERE / "pyradiomics-3.0.1-mesh-cubes.csv", "w", newline="") as file:
        file.write(f"# {VERSION}, 2026-11-24, {MADE}\n")
        file.write("# area (mm2) and volume (mm3) of 2 x 2 x 2 voxels of 1 x 1.3 x 1.7 mm (x, y, z) with one voxel of background around\n")
        file.write("# bit x + 2 y + 4 z of mask: that voxel is inside\n")
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["mask", "area", "volume"])
        for bits in range(1, 256):
            inside = ((bits >> np.arange(8)) & 1).astype(bool).reshape(2, 2, 2)
            area, volume, _ = cShape.calculate_coefficients(np.pad(inside, 1), np.array([1.7, 1.3, 1.0]))
            out.writerow([bits, repr(float(area)), repr(float(volume))])


if __name__ == "__main__":
    radiomics.setVerbosity(60)
    write_cubes()
    write_features(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))

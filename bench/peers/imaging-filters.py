"""Writes the resampling and filter reference numbers of pipelines/imaging/reference/.

Needs Python 3.11, SimpleITK, scipy and numpy. No arguments.
"""

import csv
import pathlib

import numpy as np
import scipy
import scipy.ndimage
import SimpleITK as sitk

HERE = pathlib.Path(__file__).resolve().parents[2] / "pipelines" / "imaging" / "reference"
MADE = "2026-11-24, made by bench/peers/imaging-filters.py"
SITK = f"SimpleITK {sitk.Version().VersionString()} (Apache-2.0)"
KERNELS = {"nearest": sitk.sitkNearestNeighbor, "linear": sitk.sitkLinear, "bspline": sitk.sitkBSpline,
           "gaussian": sitk.sitkGaussian, "hamming": sitk.sitkHammingWindowedSinc, "cosine": sitk.sitkCosineWindowedSinc,
           "welch": sitk.sitkWelchWindowedSinc, "lanczos": sitk.sitkLanczosWindowedSinc,
           "blackman": sitk.sitkBlackmanWindowedSinc}
# Spacing, size, origin and direction of the targets; "near" is parallel, "turned" is not, "thin" has other voxel halves.
TURN = (0.8, -0.6, 0, 0.6, 0.8, 0, 0, 0, 1)
STRAIGHT = (1, 0, 0, 0, 1, 0, 0, 0, 1)
TARGETS = {"near": ((0.61, 0.9, 1.4), (14, 11, 13), (-0.5, -0.3, -0.6), STRAIGHT),
           "turned": ((0.7, 0.8, 1.9), (9, 8, 7), (1.1, 0.4, 0.9), TURN)}


def synthetic():
    """9 x 8 x 7 voxels of 0.8 x 1.1 x 2.5 mm, values from integer arithmetic on the voxel index."""
    nx, ny, nz = 9, 8, 7
    i = np.arange(nx * ny * nz)
    values = (i * 7919 + (i % 13) * 1047) % 997 - 300
    image = sitk.GetImageFromArray(values.reshape(nz, ny, nx).astype(np.int16))
    image.SetSpacing((0.8, 1.1, 2.5))
    return image


def open_csv(name, *lines):
    file = open(HERE / name, "w", newline="")
    for line in lines:
        file.write(f"# {line}\n")
    return file, csv.writer(file, lineterminator="\n")


def write_kernels():
    image = sitk.Cast(synthetic(), sitk.sitkFloat64)
    file, out = open_csv("sitk-kernels.csv", f"{SITK}, scipy {scipy.__version__} (BSD), {MADE}",
                         "value at every 11th voxel of a target grid of the synthetic image of that script",
                         "boundary replicate: scipy.ndimage.map_coordinates, mode nearest, 40 edge voxels put around first")
    out.writerow(["target", "kernel", "boundary", "voxel", "value"])
    for target, (spacing, size, origin, direction) in TARGETS.items():
        rif = sitk.ResampleImageFilter()
        rif.SetOutputSpacing(spacing)
        rif.SetSize(size)
        rif.SetOutputOrigin(origin)
        rif.SetOutputDirection(direction)
        for kernel, interpolator in KERNELS.items():
            rif.SetInterpolator(interpolator)
            values = sitk.GetArrayFromImage(rif.Execute(image)).ravel()
            for v in range(0, values.size, 11):
                out.writerow([target, kernel, "itk", v, repr(float(values[v]))])
        grid = rif.Execute(image)
        index = np.indices(size[::-1]).reshape(3, -1)[::-1].T
        at = np.array([image.TransformPhysicalPointToContinuousIndex(grid.TransformContinuousIndexToPhysicalPoint(p.tolist()))
                       for p in index.astype(float)])[:, ::-1].T
        padded = np.pad(sitk.GetArrayFromImage(image), 40, mode="edge")
        for kernel, order in (("linear", 1), ("bspline", 3)):
            values = scipy.ndimage.map_coordinates(padded, at + 40, order=order, mode="mirror")
            for v in range(0, values.size, 11):
                out.writerow([target, kernel, "replicate", v, repr(float(values[v]))])
    file.close()


def write_halves():
    """Nearest neighbour of the voxel index for spacings that put voxels half way between two."""
    file, out = open_csv("sitk-nearest.csv", f"{SITK}, {MADE}",
                         "source: 40 voxels of the spacing, first centre at origin (mm); target: first centre at target mm; index: source voxel of each target voxel")
    out.writerow(["spacing", "origin", "target_spacing", "target_origin", "index"])
    line = np.arange(40, dtype=np.int32)
    for spacing, step in ((1, 2), (0.5, 1), (0.7, 1.4), (0.9765625, 1.953125), (0.8, 0.4), (0.3, 0.6), (3, 1), (2.5, 1.25), (0.1, 0.2)):
        for origin in (0, -250, -249.51171875, 13.7):
            image = sitk.GetImageFromArray(np.broadcast_to(line, (40, 40, 40)).copy())
            image.SetSpacing((spacing,) * 3)
            image.SetOrigin((origin,) * 3)
            start = image.TransformContinuousIndexToPhysicalPoint((0.5 * (step - spacing) / spacing,) * 3)[0]
            count = int(np.ceil(40 * spacing / step)) - 1
            rif = sitk.ResampleImageFilter()
            rif.SetOutputSpacing((step,) * 3)
            rif.SetSize((count,) * 3)
            rif.SetOutputOrigin((start,) * 3)
            rif.SetInterpolator(sitk.sitkNearestNeighbor)
            along_x = sitk.GetArrayFromImage(rif.Execute(image))[1, 1]
            out.writerow([spacing, origin, step, repr(start), " ".join(map(str, along_x))])
    file.close()


if __name__ == "__main__":
    write_kernels()
    write_halves()

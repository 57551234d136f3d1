"""Writes the resampling and filter reference numbers of pipelines/imaging/reference/.

Needs Python 3.11, pyradiomics 3.0.1, SimpleITK, PyWavelets, scikit-image, trimesh, scipy and numpy. Argument: the folder
of the PyRadiomics baseline images.
"""

import csv
import pathlib
import sys
import types

import numpy as np
import pywt
import radiomics
import scipy
import scipy.ndimage
import scipy.special
import SimpleITK as sitk
import skimage
import trimesh
from radiomics import featureextractor, imageoperations

# PyRadiomics 3.0.1 imports two names that later versions of SciPy moved or renamed; their meaning is unchanged.
interpolation = types.ModuleType("scipy.ndimage.interpolation")
interpolation.map_coordinates = scipy.ndimage.map_coordinates
sys.modules["scipy.ndimage.interpolation"] = interpolation
if not hasattr(scipy.special, "sph_harm"):
    scipy.special.sph_harm = lambda m, n, theta, phi: scipy.special.sph_harm_y(n, m, phi, theta)

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


FILTERS = [("LoG", {"sigma": [1, 2.0, 4.5]}), ("Wavelet", {}), ("Wavelet", {"wavelet": "bior2.2", "level": 2, "start_level": 1}),
           ("Wavelet", {"wavelet": "db7", "force2D": True, "force2Ddimension": 0}),
           ("Wavelet", {"wavelet": "rbio3.1", "force2D": True, "force2Ddimension": 1}), ("Wavelet", {"wavelet": "haar"}),
           ("Wavelet", {"wavelet": "sym9"}), ("Wavelet", {"wavelet": "coif5", "level": 2}), ("Wavelet", {"wavelet": "dmey"}),
           ("Wavelet", {"wavelet": "db38"}), ("Wavelet", {"wavelet": "bior4.4"}), ("Wavelet", {"wavelet": "rbio6.8"}),
           ("Square", {}), ("SquareRoot", {}), ("Logarithm", {}), ("Exponential", {}), ("Gradient", {}),
           ("Gradient", {"gradientUseSpacing": False}), ("LBP2D", {}),
           ("LBP2D", {"lbp2DMethod": "default", "lbp2DSamples": 6, "lbp2DRadius": 2.5, "force2D": True, "force2Ddimension": 1}),
           ("LBP2D", {"lbp2DMethod": "ror", "force2D": True, "force2Ddimension": 2}), ("LBP2D", {"lbp2DMethod": "var"}),
           ("LBP3D", {}), ("LBP3D", {"lbp3DLevels": 4, "lbp3DIcosphereRadius": 2.5, "lbp3DIcosphereSubdivision": 2})]

FEW = ("sym9", "coif5", "dmey", "db38", "bior4.4", "rbio6.8")


def larger():
    """19 x 16 x 13 voxels of 0.8 x 1.1 x 2.5 mm and a mask, from integer arithmetic on the voxel index."""
    nx, ny, nz = 19, 16, 13
    i = np.arange(nx * ny * nz)
    values = (i * 7919 + (i % 13) * 1047) % 997 - 300 + (i % nx) * 20
    inside = ((i * 31 + (i % 7) * 17) % 10 < 7) & (i % nx > 2)
    image = sitk.GetImageFromArray(values.reshape(nz, ny, nx).astype(np.int16))
    mask = sitk.GetImageFromArray(inside.reshape(nz, ny, nx).astype(np.uint8))
    for grid in (image, mask):
        grid.SetSpacing((0.8, 1.1, 2.5))
    return image, mask


def yaml(settings):
    return "{ " + ", ".join(f"{k}: {str(v).lower() if isinstance(v, bool) else v}" for k, v in settings.items()) + " }"


def write_filters():
    file, out = open_csv("pyradiomics-3.0.1-filters.csv",
                         f"PyRadiomics {radiomics.__version__.lstrip('v')} (BSD 3-clause), {SITK}, PyWavelets {pywt.__version__} (MIT), scipy {scipy.__version__} (BSD),",
                         f"scikit-image {skimage.__version__} (BSD), trimesh {trimesh.__version__} (MIT), numpy {np.__version__}, {MADE}",
                         "value at every 101st voxel (LoG: 29th; float32 and the wavelets FEW: 307th; LBP3D: inside the mask) of the filtered image \"larger\" of that script; types float64 and float32: the image / 7")
    out.writerow(["type", "filter", "settings", "image", "voxel", "value"])
    image, mask = larger()
    inside = sitk.GetArrayFromImage(mask).ravel()
    sevenths = sitk.Cast(image, sitk.sitkFloat64) / 7
    for kind, source in (("int16", image), ("float64", sevenths), ("float32", sitk.Cast(sevenths, sitk.sitkFloat32))):
        for name, settings in FILTERS:
            for result, image_name, _ in getattr(imageoperations, f"get{name}Image")(source, mask, **settings):
                values = sitk.GetArrayFromImage(result).ravel()
                few = (kind == "float32" and name != "LBP3D") or settings.get("wavelet") in FEW
                for v in range(0, values.size, 307 if few else 101 if name != "LoG" else 29):
                    if name != "LBP3D" or inside[v]:
                        out.writerow([kind, name, yaml(settings), image_name, v, repr(float(values[v]))])
    file.close()


CASES = {"larger": ["filters", "pre-crop", "resampled", "resampled-in-plane"],
         "breast1": ["filters", "pre-crop", "resampled", "resampled-in-plane"],
         "brain1": ["filters", "resampled"]}


def write_features(folder):
    """Features and diagnostics of whole parameter files."""
    file, out = open_csv("pyradiomics-3.0.1-processing.csv",
                         f"PyRadiomics {radiomics.__version__.lstrip('v')} (BSD 3-clause), {SITK}, PyWavelets {pywt.__version__} (MIT), scipy {scipy.__version__} (BSD),",
                         f"scikit-image {skimage.__version__} (BSD), trimesh {trimesh.__version__} (MIT), numpy {np.__version__}, {MADE}",
                         "setting: a file of reference/settings; larger: see the script; brain1 and breast1: the PyRadiomics baseline images")
    out.writerow(["case", "setting", "name", "value"])
    for case, settings in CASES.items():
        image, mask = larger() if case == "larger" else [sitk.ReadImage(str(folder / f"{case}_{k}.nrrd")) for k in ("image", "label")]
        for setting in settings:
            extractor = featureextractor.RadiomicsFeatureExtractor(str(HERE / "settings" / f"{setting}.yaml"))
            for name, value in extractor.execute(image, mask).items():
                if name.startswith("diagnostics_Image") or name.startswith("diagnostics_Mask"):
                    out.writerow([case, setting, name, value])
                elif not name.startswith("diagnostics"):
                    out.writerow([case, setting, name, repr(float(value))])
    file.close()


def write_through_plane(folder):
    """What cutting to whole numbers does where a new slice falls on an old one."""
    file, out = open_csv("sitk-through-plane.csv", f"PyRadiomics {radiomics.__version__.lstrip('v')} (BSD 3-clause), {SITK}, {MADE}",
                         "means of the PyRadiomics baseline images after resampledPixelSpacing [0, 0, 0.7], interpolator sitkBSpline, padDistance 5",
                         "voxels: of the new image; mean: as PyRadiomics gives it; cut: its voxels that are not the double one cut towards 0",
                         "mean_double: of the image cast to double first; mean_kept: that cut towards 0, but values within 1e-9 of a whole number set to it first",
                         "lowered: voxels in which that differs from PyRadiomics")
    out.writerow(["case", "voxels", "mean", "cut", "mean_double", "mean_kept", "lowered"])
    for case in ("brain1", "breast1"):
        image, mask = [sitk.ReadImage(str(folder / f"{case}_{k}.nrrd")) for k in ("image", "label")]
        options = dict(resampledPixelSpacing=[0, 0, 0.7], interpolator="sitkBSpline", padDistance=5, label=1)
        whole, double = [sitk.GetArrayFromImage(imageoperations.resampleImage(i, mask, **options)[0]).astype(float)
                         for i in (image, sitk.Cast(image, sitk.sitkFloat64))]
        near = np.round(double)
        kept = np.where(np.abs(double - near) < 1e-9 * np.maximum(1, np.abs(double)), near, np.trunc(double))
        out.writerow([case, whole.size, repr(whole.mean()), (whole != np.trunc(double)).sum(), repr(double.mean()), repr(kept.mean()),
                      (kept != whole).sum()])
    file.close()


if __name__ == "__main__":
    radiomics.setVerbosity(60)
    write_kernels()
    write_halves()
    write_filters()
    write_features(pathlib.Path(sys.argv[1]))
    write_through_plane(pathlib.Path(sys.argv[1]))

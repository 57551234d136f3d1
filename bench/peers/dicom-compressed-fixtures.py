"""Writes pipelines/imaging/reference/compressed: small synthetic CT slices, packed by programs that are not this project's.

Needs pydicom 3 with pylibjpeg-openjpeg, imagecodecs (OpenJPH), and DCMTK's dcmcjpeg, dcmdjpeg, dcmcjpls, dcmdjpls and dcmcrle.
Usage: python dicom-compressed-fixtures.py OUT_FOLDER
"""

import subprocess
import sys
from pathlib import Path

import imagecodecs
import numpy as np
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, ExplicitVRLittleEndian, JPEG2000, JPEG2000Lossless

out = Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
ROWS, COLUMNS = 40, 56


def image(scale, offset):
    """A disc on a slope with integer noise: x + 2 y, 400 more inside the disc."""
    y, x = np.mgrid[0:ROWS, 0:COLUMNS]
    noise = (x * 7919 + y * 104729 + (x * y) % 31 * 613) % 23
    disc = ((x - 25) ** 2 + (y - 18) ** 2 < 144) * 400
    return ((x + 2 * y + noise + disc) * scale + offset).astype(np.int64)


def native(name, pixels, allocated, stored, signed, frames=1):
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID = UID("1.2.840.10008.5.1.4.1.1.2")
    ds.file_meta.MediaStorageSOPInstanceUID = UID("1.2.826.0.1.3680043.10.999.1")
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID
    ds.StudyInstanceUID = "1.2.826.0.1.3680043.10.999.2"
    ds.SeriesInstanceUID = "1.2.826.0.1.3680043.10.999.3"
    ds.FrameOfReferenceUID = "1.2.826.0.1.3680043.10.999.4"
    ds.PatientName, ds.PatientID, ds.Modality = "SYNTHETIC", "SYNTHETIC", "CT"
    ds.ImagePositionPatient = [0, 0, 0]
    ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    ds.PixelSpacing, ds.SliceThickness = [0.5, 0.75], 2
    ds.RescaleSlope, ds.RescaleIntercept = 1, 0
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.Rows, ds.Columns = ROWS, COLUMNS
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = allocated, stored, stored - 1
    ds.PixelRepresentation = int(signed)
    dtype = {8: "<u1", 16: "<i2" if signed else "<u2"}[allocated]
    ds.PixelData = pixels.astype(dtype).tobytes()
    if allocated == 8:
        ds["PixelData"].VR = "OB"
    ds.save_as(out / f"{name}.dcm", enforce_file_format=True)
    return ds


def tool(*command):
    subprocess.run([str(c) for c in command], check=True)


def path(name):
    return out / f"{name}.dcm"


native("native-16-signed", image(3, -1024), 16, 16, True)
native("native-12", image(6, 0), 16, 12, False)
native("native-8", image(1, 0) // 3, 8, 8, False)

for name in ("16-signed", "12", "8"):
    tool("dcmcrle", path(f"native-{name}"), path(f"rle-{name}"))
    tool("dcmcjpeg", "+e1", path(f"native-{name}"), path(f"jpeg-lossless-sv1-{name}"))
    tool("dcmcjpls", path(f"native-{name}"), path(f"jpeg-ls-{name}"))
for predictor in (2, 3, 4, 5, 6, 7):
    tool("dcmcjpeg", "+el", "+sv", predictor, path("native-12"), path(f"jpeg-lossless-p{predictor}-12"))
tool("dcmcjpls", "+en", "+md", 3, path("native-12"), path("jpeg-ls-near-12"))
tool("dcmdjpls", path("jpeg-ls-near-12"), path("jpeg-ls-near-12-decoded"))
tool("dcmcjpeg", "+eb", path("native-8"), path("jpeg-baseline-8"))
tool("dcmdjpeg", path("jpeg-baseline-8"), path("jpeg-baseline-8-decoded"))
tool("dcmcjpeg", "+ee", "+q", 95, path("native-8"), path("jpeg-extended-8"))
tool("dcmdjpeg", path("jpeg-extended-8"), path("jpeg-extended-8-decoded"))
tool("dcmcjpeg", "+ee", "+q", 95, path("native-12"), path("jpeg-extended-12"))
tool("dcmdjpeg", path("jpeg-extended-12"), path("jpeg-extended-12-decoded"))

for name in ("16-signed", "12", "8"):
    ds = dcmread(path(f"native-{name}"))
    ds.compress(JPEG2000Lossless, encoding_plugin="pylibjpeg", generate_instance_uid=False)
    ds.save_as(path(f"jpeg-2000-{name}"), enforce_file_format=True)

ds = dcmread(path("native-12"))
ds.compress(JPEG2000, encoding_plugin="pylibjpeg", j2k_psnr=[70], generate_instance_uid=False)
ds.save_as(path("jpeg-2000-lossy-12"), enforce_file_format=True)
lossy = dcmread(path("jpeg-2000-lossy-12"))
lossy.decompress(decoding_plugin="pylibjpeg", generate_instance_uid=False)
lossy.save_as(path("jpeg-2000-lossy-12-decoded"), enforce_file_format=True)

for name in ("16-signed", "12", "8"):
    ds = dcmread(path(f"native-{name}"))
    ht = imagecodecs.htj2k_encode(ds.pixel_array, level=None, reversible=True)
    # OpenJPEG, another implementation, reads the same values from what OpenJPH wrote.
    assert np.array_equal(imagecodecs.jpeg2k_decode(ht), ds.pixel_array), name
    ds.file_meta.TransferSyntaxUID = UID("1.2.840.10008.1.2.4.201")
    ds.PixelData = encapsulate([ht])
    ds["PixelData"].VR = "OB"
    ds["PixelData"].is_undefined_length = True
    ds.save_as(path(f"htj2k-{name}"), enforce_file_format=True)

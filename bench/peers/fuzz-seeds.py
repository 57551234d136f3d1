"""Writes pipelines/imaging/reference/fuzz-seeds: small synthetic files of every kind that is read, by other programs.

Needs highdicom, pydicom 3, nibabel and pynrrd. Usage: python fuzz-seeds.py OUT_FOLDER
"""

import sys
from datetime import datetime
from pathlib import Path

import highdicom as hd
import nibabel as nib
import nrrd
import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.sr.codedict import codes
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

out = Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
ROOT = "1.2.826.0.1.3680043.10.998"
SLICES, ROWS, COLUMNS = 3, 20, 17  # 340 pixels: frames of a binary segmentation do not end on a byte

z, y, x = np.mgrid[0:SLICES, 0:ROWS, 0:COLUMNS]
voxels = (x * 7 + y * 11 + z * 13) % 97 + ((x - 8) ** 2 + (y - 9) ** 2 < 30) * 200
mask = ((x - 8) ** 2 + (y - 9) ** 2 < 30).astype(np.uint8)
holes = mask & ~((x - 8) ** 2 + (y - 9) ** 2 < 6)


def meta(sop_class, sop_instance, syntax):
    m = FileMetaDataset()
    m.TransferSyntaxUID = syntax
    m.MediaStorageSOPClassUID = UID(sop_class)
    m.MediaStorageSOPInstanceUID = UID(sop_instance)
    return m


def ct(index, syntax=ExplicitVRLittleEndian):
    ds = Dataset()
    ds.file_meta = meta("1.2.840.10008.5.1.4.1.1.2", f"{ROOT}.1.{index + 1}", syntax)
    ds.SOPClassUID, ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPClassUID, ds.file_meta.MediaStorageSOPInstanceUID
    ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.FrameOfReferenceUID = f"{ROOT}.2", f"{ROOT}.3", f"{ROOT}.4"
    ds.PatientName, ds.PatientID, ds.Modality = "SYNTHETIC", "SYNTHETIC", "CT"
    ds.PatientBirthDate, ds.PatientSex, ds.StudyID, ds.AccessionNumber = "", "", "1", ""
    ds.StudyDate, ds.StudyTime, ds.ReferringPhysicianName = "20260101", "120000", ""
    ds.SeriesNumber, ds.InstanceNumber, ds.Manufacturer, ds.PositionReferenceIndicator = 1, index + 1, "none", ""
    ds.ImageType, ds.AcquisitionNumber, ds.KVP = ["ORIGINAL", "PRIMARY", "AXIAL"], 1, 120
    ds.ImagePositionPatient, ds.ImageOrientationPatient = [-10, -20, 2 * index], [1, 0, 0, 0, 1, 0]
    ds.PixelSpacing, ds.SliceThickness = [0.5, 0.75], 2
    ds.RescaleSlope, ds.RescaleIntercept, ds.RescaleType = 1, -1024, "HU"
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.Rows, ds.Columns = ROWS, COLUMNS
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    ds.PixelPaddingValue = 0
    ds.PixelData = voxels[index].astype("<u2").tobytes()
    return ds


slices = [ct(i) for i in range(SLICES)]
for i, ds in enumerate(slices):
    ds.save_as(out / f"ct-{i}.dcm", enforce_file_format=True)
for name, syntax in (("implicit", ImplicitVRLittleEndian), ("deflated", DeflatedExplicitVRLittleEndian)):
    ct(1, syntax).save_as(out / f"ct-{name}.dcm", enforce_file_format=True)
big = ct(1, ExplicitVRBigEndian)
big.PixelData = voxels[1].astype(">u2").tobytes()
big.save_as(out / "ct-big-endian.dcm", enforce_file_format=True)

legacy = hd.legacy.LegacyConvertedEnhancedCTImage(
    slices, series_instance_uid=f"{ROOT}.5", series_number=2, sop_instance_uid=f"{ROOT}.6", instance_number=1)
legacy.save_as(out / "ct-multi-frame.dcm", enforce_file_format=True)

common = dict(
    source_images=slices,
    series_instance_uid=f"{ROOT}.7",
    series_number=3,
    instance_number=1,
    manufacturer="none",
    manufacturer_model_name="none",
    software_versions="1",
    device_serial_number="1",
    content_creator_name="none",
)


def segment(number, label):
    return hd.seg.SegmentDescription(
        segment_number=number,
        segment_label=label,
        segmented_property_category=codes.SCT.MorphologicallyAbnormalStructure,
        segmented_property_type=codes.SCT.Neoplasm,
        algorithm_type=hd.seg.SegmentAlgorithmTypeValues.MANUAL,
    )


Types = hd.seg.SegmentationTypeValues
hd.seg.Segmentation(pixel_array=mask, segmentation_type=Types.BINARY, segment_descriptions=[segment(1, "Tumour")],
                    sop_instance_uid=f"{ROOT}.8", **common).save_as(out / "seg-binary.dcm")
hd.seg.Segmentation(pixel_array=np.stack([mask, holes], axis=-1), segmentation_type=Types.BINARY,
                    segment_descriptions=[segment(1, "Tumour"), segment(2, "Rim")],
                    sop_instance_uid=f"{ROOT}.9", **common).save_as(out / "seg-overlapping.dcm")
hd.seg.Segmentation(pixel_array=mask * 0.75, segmentation_type=Types.FRACTIONAL, segment_descriptions=[segment(1, "Tumour")],
                    max_fractional_value=200, sop_instance_uid=f"{ROOT}.10", **common).save_as(out / "seg-fractional.dcm")
hd.seg.Segmentation(pixel_array=mask * 0.75, segmentation_type=Types.FRACTIONAL, segment_descriptions=[segment(1, "Tumour")],
                    transfer_syntax_uid="1.2.840.10008.1.2.5", sop_instance_uid=f"{ROOT}.11",
                    **common).save_as(out / "seg-fractional-rle.dcm")
if hasattr(Types, "LABELMAP"):
    hd.seg.Segmentation(pixel_array=mask, segmentation_type=Types.LABELMAP, segment_descriptions=[segment(1, "Tumour")],
                        sop_instance_uid=f"{ROOT}.12", **common).save_as(out / "seg-label-map.dcm")


def contour(points):
    c = Dataset()
    c.ContourGeometricType, c.NumberOfContourPoints = "CLOSED_PLANAR", len(points)
    c.ContourData = [f"{v:g}" for p in points for v in p]
    return c


def rtstruct(syntax):
    ds = Dataset()
    ds.file_meta = meta("1.2.840.10008.5.1.4.1.1.481.3", f"{ROOT}.13", syntax)
    ds.SOPClassUID, ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPClassUID, ds.file_meta.MediaStorageSOPInstanceUID
    ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.FrameOfReferenceUID = f"{ROOT}.2", f"{ROOT}.14", f"{ROOT}.4"
    ds.PatientName, ds.PatientID, ds.Modality, ds.StructureSetLabel = "SYNTHETIC", "SYNTHETIC", "RTSTRUCT", "1"
    roi = Dataset()
    roi.ROINumber, roi.ROIName, roi.ReferencedFrameOfReferenceUID, roi.ROIGenerationAlgorithm = 2, "GTV-1", f"{ROOT}.4", "MANUAL"
    ds.StructureSetROISequence = Sequence([roi])
    drawn = Dataset()
    drawn.ReferencedROINumber = 2
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    drawn.ContourSequence = Sequence([
        contour([(round(-4 + r * np.cos(a), 3), round(-15 + r * np.sin(a), 3), 2 * k) for a in angles])
        for k in range(SLICES) for r in (4, 1.5)])
    ds.ROIContourSequence = Sequence([drawn])
    series = Dataset()
    series.SeriesInstanceUID = f"{ROOT}.3"
    study = Dataset()
    study.ReferencedSOPInstanceUID, study.RTReferencedSeriesSequence = f"{ROOT}.2", Sequence([series])
    frame = Dataset()
    frame.FrameOfReferenceUID, frame.RTReferencedStudySequence = f"{ROOT}.4", Sequence([study])
    ds.ReferencedFrameOfReferenceSequence = Sequence([frame])
    return ds


rtstruct(ExplicitVRLittleEndian).save_as(out / "rtstruct-explicit.dcm", enforce_file_format=True)
rtstruct(ImplicitVRLittleEndian).save_as(out / "rtstruct-implicit.dcm", enforce_file_format=True)

affine = np.array([[-0.75, 0, 0, 10], [0, -0.5, 0, 20], [0, 0, 2, 0], [0, 0, 0, 1.0]])
xyz = voxels.transpose(2, 1, 0) - 1024
for name, data, cls in (
    ("int16.nii", xyz.astype(np.int16), nib.Nifti1Image),
    ("float32.nii.gz", xyz.astype(np.float32), nib.Nifti1Image),
    ("label.nii.gz", mask.transpose(2, 1, 0), nib.Nifti1Image),
    ("float64-v2.nii", xyz.astype(np.float64), nib.Nifti2Image),
):
    nib.save(cls(data, affine), out / f"nifti-{name}")

header = {
    "space": "left-posterior-superior",
    "space directions": [[0.75, 0, 0], [0, 0.5, 0], [0, 0, 2]],
    "space origin": [-10, -20, 0],
    "kinds": ["domain"] * 3,
}
for encoding in ("raw", "gzip", "ascii"):
    nrrd.write(str(out / f"nrrd-{encoding}.nrrd"), xyz.astype(np.int16), {**header, "encoding": encoding})
nrrd.write(str(out / "nrrd-label.nrrd"), mask.transpose(2, 1, 0), header)

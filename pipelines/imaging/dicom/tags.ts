/** The attributes that are read, by keyword of DICOM PS3.6. The spelling of the value is dicom-parser's. */
export const tags = {
  TransferSyntaxUID: 'x00020010',
  SpecificCharacterSet: 'x00080005',
  SOPClassUID: 'x00080016',
  SOPInstanceUID: 'x00080018',
  Modality: 'x00080060',
  SeriesDescription: 'x0008103e',
  ReferencedSeriesSequence: 'x00081115',
  ReferencedSOPInstanceUID: 'x00081155',
  SourceImageSequence: 'x00082112',
  DerivationImageSequence: 'x00089124',
  SliceThickness: 'x00180050',
  SpacingBetweenSlices: 'x00180088',
  SeriesInstanceUID: 'x0020000e',
  ImagePositionPatient: 'x00200032',
  ImageOrientationPatient: 'x00200037',
  FrameOfReferenceUID: 'x00200052',
  PlanePositionSequence: 'x00209113',
  PlaneOrientationSequence: 'x00209116',
  SamplesPerPixel: 'x00280002',
  NumberOfFrames: 'x00280008',
  Rows: 'x00280010',
  Columns: 'x00280011',
  PixelSpacing: 'x00280030',
  BitsAllocated: 'x00280100',
  BitsStored: 'x00280101',
  HighBit: 'x00280102',
  PixelRepresentation: 'x00280103',
  PixelPaddingValue: 'x00280120',
  PixelPaddingRangeLimit: 'x00280121',
  RescaleIntercept: 'x00281052',
  RescaleSlope: 'x00281053',
  PixelMeasuresSequence: 'x00289110',
  PixelValueTransformationSequence: 'x00289145',
  SegmentationType: 'x00620001',
  SegmentSequence: 'x00620002',
  SegmentNumber: 'x00620004',
  SegmentLabel: 'x00620005',
  SegmentIdentificationSequence: 'x0062000a',
  ReferencedSegmentNumber: 'x0062000b',
  MaximumFractionalValue: 'x0062000e',
  ReferencedFrameOfReferenceSequence: 'x30060010',
  RTReferencedStudySequence: 'x30060012',
  RTReferencedSeriesSequence: 'x30060014',
  StructureSetROISequence: 'x30060020',
  ROINumber: 'x30060022',
  ReferencedFrameOfReferenceUID: 'x30060024',
  ROIName: 'x30060026',
  ROIContourSequence: 'x30060039',
  ContourSequence: 'x30060040',
  ContourGeometricType: 'x30060042',
  ContourData: 'x30060050',
  ReferencedROINumber: 'x30060084',
  SharedFunctionalGroupsSequence: 'x52009229',
  PerFrameFunctionalGroupsSequence: 'x52009230',
  PixelData: 'x7fe00010',
} as const;

export type Keyword = keyof typeof tags;

/** `Rows (0028,0010)`, for messages. */
export function tagName(keyword: Keyword): string {
  const hex = tags[keyword].slice(1).toUpperCase();
  return `${keyword} (${hex.slice(0, 4)},${hex.slice(4)})`;
}

/** SOP classes that are told apart, DICOM PS3.4 annex B.5. */
export const sopClasses = {
  segmentation: '1.2.840.10008.5.1.4.1.1.66.4',
  labelMapSegmentation: '1.2.840.10008.5.1.4.1.1.66.7',
  rtStructureSet: '1.2.840.10008.5.1.4.1.1.481.3',
} as const;

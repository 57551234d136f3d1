"""Times PyRadiomics' voxel-based extraction with its default settings; prints processor seconds and peak memory as JSON.

Arguments: image, mask, feature classes. Single-threaded: the caller sets the environment's thread numbers to 1. Reading and
importing are not counted.
"""

import json
import logging
import resource
import sys
import time

import radiomics
import SimpleITK as sitk
from radiomics import featureextractor

logging.getLogger("radiomics").setLevel(logging.CRITICAL)
sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
image, mask = (sitk.ReadImage(path) for path in sys.argv[1:3])
extractor = featureextractor.RadiomicsFeatureExtractor(additionalInfo=False)
extractor.disableAllFeatures()
for name in sys.argv[3:]:
    extractor.enableFeatureClassByName(name)
start = time.process_time()
maps = extractor.execute(image, mask, voxelBased=True)
print(json.dumps({
    "version": radiomics.__version__,
    "voxels": int(sitk.GetArrayFromImage(mask).sum()),
    "seconds": time.process_time() - start,
    "peakMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
}))

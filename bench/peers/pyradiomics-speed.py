"""Times PyRadiomics on an image and a mask with its default settings; prints seconds as JSON.

Arguments: image, mask. Single-threaded: the caller sets the environment's thread numbers to 1.
"""

import json
import sys
import time

start = time.perf_counter()
import radiomics  # noqa: E402
import SimpleITK as sitk  # noqa: E402
from radiomics import featureextractor  # noqa: E402

radiomics.setVerbosity(60)
sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
imported = time.perf_counter()
image, mask = (sitk.ReadImage(path) for path in sys.argv[1:3])
read = time.perf_counter()
result = featureextractor.RadiomicsFeatureExtractor().execute(image, mask)
done = time.perf_counter()
print(json.dumps({
    "version": radiomics.__version__,
    "import": imported - start,
    "read": read - imported,
    "features": done - read,
    "count": sum(name.startswith("original_") for name in result),
}))

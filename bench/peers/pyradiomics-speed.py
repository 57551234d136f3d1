"""Times PyRadiomics on an image and a mask; prints seconds and values as JSON.

Arguments: image, mask and, unless its default settings are meant, a parameter file. Single-threaded: the caller sets the
environment's thread numbers to 1.
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
used = time.process_time()
result = featureextractor.RadiomicsFeatureExtractor(*sys.argv[3:4]).execute(image, mask)
cpu = time.process_time() - used
done = time.perf_counter()
values = [[name, float(value)] for name, value in result.items() if not name.startswith("diagnostics_")]
print(json.dumps({
    "version": radiomics.__version__,
    "import": imported - start,
    "read": read - imported,
    "features": done - read,
    "cpu": cpu,
    "count": len(values),
    "values": values,
}))

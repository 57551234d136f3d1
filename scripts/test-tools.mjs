/**
 * Brings what some tests need and users do not: Debian's chromium (its software Vulkan driver runs the WebGPU tests),
 * OpenBLAS, and the Orthanc server that DICOMweb is tested against. Only where apt works without asking, and only on a machine that is there for tests (CI=true); elsewhere the
 * tests that need them are skipped and say so. It never fails: a missing tool is a skipped test.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Package, and a file that says it is there. */
const tools = [
  ['chromium', ['/usr/lib/chromium/vk_swiftshader_icd.json']],
  [
    'libopenblas0-pthread',
    ['/usr/lib/x86_64-linux-gnu/libopenblas.so.0', '/usr/lib/aarch64-linux-gnu/libopenblas.so.0'],
  ],
  ['orthanc', ['/usr/sbin/Orthanc', '/usr/bin/Orthanc']],
  ['orthanc-dicomweb', ['/usr/share/orthanc/plugins/libOrthancDicomWeb.so']],
];

const missing = tools.filter(([, files]) => !files.some((file) => existsSync(file))).map(([name]) => name);
const mayInstall = process.env.CI === 'true' && process.getuid?.() === 0;
if (missing.length > 0 && mayInstall) {
  console.log(`test tools: installing ${missing.join(', ')} with apt-get …`);
  const apt = (...args) =>
    spawnSync('apt-get', ['-q', '-y', '-o', 'DPkg::Lock::Timeout=120', ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      timeout: 600_000,
    });
  if (apt('update').status === 0) apt('install', '--no-install-recommends', ...missing);
}
for (const [name, files] of tools) {
  if (!files.some((file) => existsSync(file)))
    console.log(`test tools: ${name} is missing; the tests that need it are skipped`);
}

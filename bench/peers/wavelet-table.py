"""Writes pipelines/imaging/filters/wavelet-table.ts: low-pass decomposition filters of the discrete wavelets.

Needs Python 3.11 and PyWavelets. The rbio filters are those of bior turned round, haar is db1: neither is written.
"""

import pathlib

import pywt

HERE = pathlib.Path(__file__).resolve().parents[2] / "pipelines" / "imaging" / "filters" / "wavelet-table.ts"
HEAD = f"""/**
 * Low-pass filters of the discrete wavelets, one wavelet a line: name, decomposition filter and, for biorthogonal ones, `|`
 * and the reconstruction filter. The numbers are those tabulated in PyWavelets {pywt.__version__} (MIT licence), after Daubechies,
 * Ten lectures on wavelets (1992) and Cohen, Daubechies and Feauveau, Commun Pure Appl Math 1992;45:485-560.
 * Written by bench/peers/wavelet-table.py.
 */
export const WAVELET_TABLE = `
"""


def text(values):
    return " ".join(repr(float(v)) for v in values)


with open(HERE, "w") as file:
    file.write(HEAD)
    for family in ("db", "sym", "coif", "bior", "dmey"):
        for name in pywt.wavelist(family):
            w = pywt.Wavelet(name)
            both = "" if w.orthogonal else " | " + text(w.rec_lo)
            file.write(f"{name} {text(w.dec_lo)}{both}\n")
    file.write("`;\n")

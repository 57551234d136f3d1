"""Reference numbers for pipelines/clinical, made with pandas from the public clinical table.

    python clinical-get-dummies.py CLINICAL.csv OUTPUT_FOLDER

Writes one-hot-names.csv (what `pandas.get_dummies` makes of every categorical column, the name after the reference
solution's cleaning, how often it is 1), numeric-columns.csv and survival-times.csv.
"""
import sys
from datetime import date
from pathlib import Path

import pandas as pd

SOURCE = "NSCLCR01Radiogenomic_DATA_LABELS_2018-05-22_1500-shifted.csv (doi:10.7937/K9/TCIA.2017.7hs46erv, CC BY 3.0)"
CATEGORICAL = [
    "Patient affiliation", "Gender", "Ethnicity", "Smoking status", "%GG",
    *[f"Tumor Location (choice={p})" for p in ("RUL", "RML", "RLL", "LUL", "LLL", "L Lingula", "Unknown")],
    "Histology ", "Pathological T stage", "Pathological N stage", "Pathological M stage", "Histopathological Grade",
    "Lymphovascular invasion", "Pleural invasion (elastic, visceral, or parietal)", "EGFR mutation status",
    "KRAS mutation status", "ALK translocation status", "Adjuvant Treatment", "Chemotherapy", "Radiation",
    "Recurrence", "Recurrence Location",
]  # fmt: skip
NUMERIC = [
    "Age at Histological Diagnosis", "Weight (lbs)", "Pack Years", "Time to Death (days)", "Days between CT and surgery",
]  # fmt: skip


def stored_name(name: str) -> str:
    kept = "".join(c for c in name if c not in "- %/<>()=,:")
    return kept[:60] if len(kept) >= 64 else kept


def header(what: str) -> str:
    return (
        f"# {what}\n# source: {SOURCE}\n# made with pandas {pd.__version__} by bench/peers/clinical-get-dummies.py"
        f", {sys.argv[3] if len(sys.argv) > 3 else date.today().isoformat()}\n"
    )


def write(path: Path, what: str, table: pd.DataFrame) -> None:
    path.write_text(header(what) + table.to_csv(index=False, lineterminator="\n"))


def main() -> None:
    table = pd.read_csv(sys.argv[1])
    out = Path(sys.argv[2])
    r01 = ~table["Patient ID"].str.startswith("AMC")
    names = []
    for column in CATEGORICAL:
        for dummy, values in pd.get_dummies(table[[column]]).items():
            names.append((column, dummy[len(column) + 1 :], stored_name(dummy), values.sum(), values[r01].sum()))
    columns = ["header", "value", "name", "count_all", "count_r01"]
    write(out / "one-hot-names.csv", "One-hot columns of all 211 patients", pd.DataFrame(names, columns=columns))

    numeric = []
    for column in NUMERIC:
        values = pd.to_numeric(table[column], errors="coerce")
        numeric.append((column, stored_name(column), values.count(), values.min(), values.max(), values.sum()))
    columns = ["header", "name", "count", "min", "max", "sum"]
    write(out / "numeric-columns.csv", "Numeric columns, missing left out", pd.DataFrame(numeric, columns=columns))

    day = lambda column: pd.to_datetime(table[column], format="%m/%d/%Y", errors="coerce")  # noqa: E731
    surgery = day("CT Date") + pd.to_timedelta(table["Days between CT and surgery"], unit="D")
    times = pd.DataFrame({
        "patient": table["Patient ID"],
        "surgery": surgery.dt.strftime("%Y-%m-%d"),
        "dead": (table["Survival Status"] == "Dead").astype(int),
        "to_last_seen": (day("Date of Last Known Alive") - surgery).dt.days,
        "to_death_date": (day("Date of Death") - surgery).dt.days.astype("Int64"),
        "time_to_death_column": table["Time to Death (days)"].astype("Int64"),
    })
    write(out / "survival-times.csv", "Days from surgery (CT Date + Days between CT and surgery)", times)


main()

"""Both recipes of training/ done again with pandas, scikit-learn and XGBoost, from the public tables.

    python training-recipes.py TABLES_FOLDER SPLITS.json OUTPUT_FILE DATE

SPLITS.json comes from training-splits.ts: only who is fitted on and who is tested is taken from it; everything else in it
is compared. Reference recipe: from the raw tables, as the published template does it. Default recipe: from the joined
table, every step fitted inside the fold. Writes the reference numbers of training/real-data.test.ts.
"""
import json
import re
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import sklearn
import xgboost
from sklearn.decomposition import PCA
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.preprocessing import StandardScaler

TABLES, SPLITS, OUT, DATE = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text()), Path(sys.argv[3]), sys.argv[4]
GENES = (
    "LRIG1 HPGD GDF15 CDH2 POSTN VCAN PDGFRA VCAM1 CD44 CD48 CD4 LYL1 SPI1 CD37 VIM LMO2 EGR2 BGN COL4A1 COL5A1 COL5A2"
).split()
DROPPED = ["Quit Smoking Year", "Date of Recurrence", "Date of Last Known Alive", "Date of Death", "CT Date", "PET Date"]
ONE_HOT = [
    "Patient affiliation", "Gender", "Ethnicity", "Smoking status", "%GG",
    *[f"Tumor Location (choice={p})" for p in ("RUL", "RML", "RLL", "LUL", "LLL", "L Lingula", "Unknown")],
    "Histology ", "Pathological T stage", "Pathological N stage", "Pathological M stage", "Histopathological Grade",
    "Lymphovascular invasion", "Pleural invasion (elastic, visceral, or parietal)", "EGFR mutation status",
    "KRAS mutation status", "ALK translocation status", "Adjuvant Treatment", "Chemotherapy", "Radiation",
    "Recurrence", "Recurrence Location",
]  # fmt: skip


def stored_name(name: str) -> str:
    kept = re.sub(r"[- %/<>()=,:]", "", name)
    return kept[:60] if len(kept) >= 64 else kept


def template_table() -> tuple[pd.DataFrame, pd.Series]:
    """The joined table of the published template: missing = 0, one row per patient, and who died."""
    genomic = pd.read_csv(next(TABLES.glob("GSE103584*")), sep="\t", index_col=0, float_precision="round_trip").T.reindex(columns=GENES).fillna(0)
    clinical = pd.read_csv(next(TABLES.glob("NSCLCR01*")), float_precision="round_trip")
    clinical = clinical.rename(columns={"Case ID": "Patient ID"}).set_index("Patient ID")
    clinical = clinical[clinical.index.str.startswith("R01-")].drop(columns=DROPPED)
    clinical = pd.get_dummies(clinical, columns=ONE_HOT, dtype=int)
    clinical = clinical[(clinical["Weight (lbs)"] != "Not Collected") & (clinical["Pack Years"] != "Not Collected")]
    dead = (clinical.pop("Survival Status") == "Dead").astype(int)
    clinical = clinical.apply(pd.to_numeric).fillna(0).rename(columns=stored_name)
    imaging = pd.read_csv(next(TABLES.glob("pyradiomics*")), index_col=0, float_precision="round_trip")
    # The left join keeps genomic patients without a clinical row; the template has none, since it drops them with it.
    joined = genomic.join(clinical, how="inner").join(imaging, how="left").sort_index().fillna(0)
    return joined.astype(float), dead.reindex(joined.index)


def principal(scaled: np.ndarray) -> PCA:
    fit = PCA(n_components=0.95, svd_solver="full").fit(scaled)
    for row in fit.components_:  # the sign rule of this project: the largest loading is positive
        row *= np.sign(row[np.argmax(np.abs(row))])
    return fit


def boosted(params: dict, rounds: int, x: np.ndarray, y: np.ndarray, new: np.ndarray) -> np.ndarray:
    fixed = {"seed": 0, "nthread": 1, "verbosity": 0, "tree_method": "exact"}
    data = xgboost.DMatrix(x.astype(np.float32), label=y, nthread=1)
    model = xgboost.train({**params, **fixed}, data, num_boost_round=rounds)
    return model.predict(xgboost.DMatrix(new.astype(np.float32), nthread=1))


def reference_recipe() -> dict:
    ours = SPLITS["reference"]
    table, dead = template_table()
    assert list(table.index) == ours["patients"], "the patients differ"
    boost, validate, test = ours["boosted"], ours["validated"], ours["test"]
    train = sorted(boost + validate)
    # A column that is 0 for everybody carries nothing: ours has those of categories that no R01 patient has.
    mine = pd.DataFrame(ours["values"], index=ours["patients"], columns=[c["feature"] for c in ours["columns"]])
    mine = mine.astype(float).fillna(0)
    extra = [c for c in mine if c not in table]
    print("columns", table.shape[1], "ours", mine.shape[1], "not in the template's:", extra)
    assert set(table.columns) <= set(mine.columns), "columns are missing"
    assert (mine[extra] == 0).all(axis=None), "a column that only ours has varies"
    different = np.argwhere(np.abs(mine[table.columns].to_numpy() - table.to_numpy()) > 0)
    print("cells that differ:", [(table.index[i], table.columns[j], mine[table.columns].iat[i, j], table.iat[i, j]) for i, j in different])
    x, y = table.to_numpy(), dead.to_numpy()
    scaler = StandardScaler().fit(x[train])
    pca = principal(scaler.transform(x[train]))
    inputs = pca.transform(scaler.transform(x))
    params = {"objective": "reg:logistic", "eta": 0.1, "base_score": 0.5}
    predicted = boosted(params, 10, inputs[boost], y[boost], inputs[test])
    theirs = np.array([ours["scored"][ours["patients"][i]] for i in test])
    print("components", pca.n_components_, ours["boosterInputs"], "worst difference of a prediction", np.abs(predicted - theirs).max())
    ids = lambda rows: [ours["patients"][i] for i in rows]  # noqa: E731
    return {
        "boosted": ids(boost), "validated": ids(validate), "test": ids(test),
        "features": list(table.columns), "deaths": int(y.sum()),
        "components": int(pca.n_components_), "explainedVarianceRatio": pca.explained_variance_ratio_.tolist(),
        "probability": predicted.astype(float).tolist(),
    }  # fmt: skip


def default_fold(x: np.ndarray, y: np.ndarray, train: np.ndarray, test: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        median = np.nanmedian(x[train], axis=0)
    filled = np.where(np.isnan(x), np.nan_to_num(median), x)
    filled = filled[:, (filled[train] != filled[train][0]).any(axis=0)]
    scaler = StandardScaler().fit(filled[train])
    pca = principal(scaler.transform(filled[train]))
    inputs = pca.transform(scaler.transform(filled))
    rate = float(np.float32(y[train].sum()) / len(train))
    params = {
        "objective": "binary:logistic", "eta": 0.05, "max_depth": 2, "min_child_weight": 1, "subsample": 0.7,
        "colsample_bytree": 0.5, "lambda": 1, "base_score": rate,
    }  # fmt: skip
    return boosted(params, 100, inputs[train], y[train], inputs[test])


def default_recipe() -> dict:
    ours = SPLITS["default"]
    x = np.array(ours["values"], dtype=float)
    y = np.array(ours["dead"], dtype=int)
    for j, column in enumerate(ours["columns"]):
        if column["group"] == "genomic":
            x[:, j] = np.log1p(x[:, j])
    everyone = np.arange(len(y))
    total = np.zeros(len(y))
    for folds in ours["repeats"]:
        assert sorted(sum(folds, [])) == list(everyone), "a patient is not tested on exactly once"
        for test in folds:
            train = np.setdiff1d(everyone, test)
            total[test] += default_fold(x, y, train, np.array(test))
    score = total / len(ours["repeats"])
    theirs = np.array([ours["scored"][p] for p in ours["patients"]])
    off = np.abs(score - theirs)
    auc = roc_auc_score(y, score)
    print("default recipe: AUC", auc, ours["metrics"]["rocAuc"]["value"], "worst", off.max(), "differing by 1e-6:", (off > 1e-6).sum())
    return {"patients": len(y), "rocAuc": auc, "brier": brier_score_loss(y, score)}


if __name__ == "__main__":
    cases = {"reference": reference_recipe(), "default": default_recipe()}
    source = f"pandas {pd.__version__}, scikit-learn {sklearn.__version__}, xgboost {xgboost.__version__} on the public NSCLC-Radiogenomics tables"
    licence = "numbers derived from TCIA NSCLC-Radiogenomics (doi:10.7937/K9/TCIA.2017.7hs46erv, CC BY 3.0)"
    header = {"source": source, "date": DATE, "made": "bench/peers/training-recipes.py", "licence": licence}
    OUT.write_text(json.dumps({"header": header, "cases": cases}) + "\n")

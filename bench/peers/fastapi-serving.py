"""The same booster behind FastAPI and XGBoost's own in-place prediction, in one process.

usage: fastapi-serving.py model.json PORT       needs fastapi, uvicorn, uvloop, httptools, numpy, xgboost
"""
import sys

import numpy as np
import uvicorn
import xgboost
from fastapi import FastAPI, Request, Response

booster = xgboost.Booster()
booster.load_model(sys.argv[1])
booster.set_param({"nthread": 1})
app = FastAPI()


@app.get("/ping")
async def ping():
    return {"status": "ok"}


@app.post("/invocations")
async def invocations(request: Request):
    text = (await request.body()).decode()
    row = np.array([[float(cell) if cell else np.nan for cell in text.split(",")]], dtype=np.float32)
    return Response(content=str(booster.inplace_predict(row)[0]), media_type="text/csv")


uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), log_level="critical", access_log=False)

"""The Copernicus climate data store on this machine: jobs that wait, and zips of what they made."""

from __future__ import annotations

import io
import json
import zipfile

import pandas as pd
from loopback import Ask, Reply, Server
from weather_services import sky

from pvmap.sources.remote.cds import PROCESS

KEY = "11111111-secret"
EXECUTION = f"/cds/processes/{PROCESS}/execution"


def hours(longitude: float, latitude: float, first: str, last: str) -> pd.DataFrame:
    """Hours as ERA5 has them: joules of the hour before the label, kelvin and wind at the label."""
    ends = pd.date_range(first, last, freq="h")
    middle = (ends - pd.Timedelta("30min")).tz_localize("UTC")
    seen = sky(longitude, latitude, middle)
    table = {
        "ssrd": seen["ghi"].to_numpy() * 3600.0,
        "fdir": (seen["ghi"] - seen["dhi"]).to_numpy() * 3600.0,
        "t2m": 283.15 + (ends.hour.to_numpy() == 12) * 2.0,  # two degrees more at noon alone
        "u10": 3.0,
        "v10": -4.0,
        "latitude": latitude,
        "longitude": longitude,
    }
    return pd.DataFrame(table, index=pd.Index(ends, name="valid_time"))


def zipped(*tables: pd.DataFrame) -> bytes:
    """Pack tables as the store does, one CSV each."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, table in enumerate(tables):
            archive.writestr(f"era5_{number}.csv", table.round(3).to_csv())
    return made.getvalue()


def serve_store(server: Server, *, waits: int = 2) -> dict[str, str]:
    """Put the store up, whose jobs are asked after so many times before they are done, and return its addresses."""
    asked: dict[str, Ask] = {}

    def begin(ask: Ask) -> Reply:
        if ask.headers.get("PRIVATE-TOKEN") != KEY:
            return Reply(b'{"title": "invalid API key", "status": 401}', 401)
        job = f"job-{len(asked) + 1}"
        asked[job] = ask
        steps = [Reply(json.dumps({"jobID": job, "status": one}).encode()) for one in ("accepted", "running")]
        done = Reply(json.dumps({"jobID": job, "status": "successful"}).encode())
        server.routes[f"/cds/jobs/{job}"] = [*(steps[min(i, 1)] for i in range(waits)), done]
        href = {"asset": {"value": {"href": f"{server.url}/store/{job}.zip"}}}
        server.routes[f"/cds/jobs/{job}/results"] = Reply(json.dumps(href).encode())
        return Reply(json.dumps({"jobID": job, "status": "accepted"}).encode(), 201)

    def made(ask: Ask) -> Reply:
        inputs = json.loads(asked[ask.path.rpartition("/")[2].removesuffix(".zip")].body)["inputs"]
        first, last = inputs["date"][0].split("/")
        return Reply(zipped(hours(*inputs["location"].values(), first, last)))

    server.routes[EXECUTION] = begin
    server.routes["/store/*"] = made
    return {"api": f"{server.url}/cds", "data": f"{server.url}/store"}

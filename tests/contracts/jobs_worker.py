"""A worker process for the jobs contract: it leaves marks in a folder and waits to be killed.

Usage: jobs_worker.py URL WORKER FOLDER
"""

import sys
import time
from pathlib import Path

from consultation.jobs import open_jobs

url, worker, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])


def write_record(call: str, seconds: float) -> str:
    again = any(folder.glob(f"{call}.begun.*"))
    (folder / f"{call}.begun.{worker}").touch()
    time.sleep(0 if again else seconds)  # the first try is slow enough to be killed in the middle
    (folder / f"{call}.done").open("a").write(worker + "\n")
    return call


jobs = open_jobs(url, worker)
jobs.register("write_record", write_record)
jobs.start()
print("ready", flush=True)
for line in sys.stdin:
    call, seconds = line.split()
    jobs.enqueue("write_record", f"{call}:record", {"call": call, "seconds": float(seconds)})
    print("kept", call, flush=True)
jobs.stop()

"""The client of the calibration loop: a process of its own, as a trader is one. Standard library only, so it is quick.

`python calibration_client.py PORT COUNT` prints the durations of COUNT round trips in ns as a JSON list.
"""

import json
import sys
import time
from http.client import HTTPConnection


def round_trips(port: int, count: int) -> list[int]:
    """Return the durations in ns of `count` requests to the loopback port, one after another on one connection."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    durations = []
    for _ in range(count):
        start = time.monotonic_ns()
        connection.request("POST", "/", body=b"calibration")
        connection.getresponse().read()
        durations.append(time.monotonic_ns() - start)
    connection.close()
    return durations


if __name__ == "__main__":
    print(json.dumps(round_trips(int(sys.argv[1]), int(sys.argv[2]))))

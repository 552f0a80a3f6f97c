"""Counts kept and missed promises by queue, from nothing but the events that WATCH replays.

attainment.py SOCKET [FROM]: after event FROM; prints "queue metric met breached" a line, sorted.
"""
import collections
import socket
import sys

connection = socket.socket(socket.AF_UNIX)
connection.settimeout(60)
connection.connect(sys.argv[1])
lines = connection.makefile("rw", encoding="utf-8", newline="\n")
after = int(sys.argv[2]) if len(sys.argv) > 2 else 0
lines.write(f"WATCH from={after}\n")
lines.flush()


def fields(line):
    return dict(word.split("=", 1) for word in line.split() if "=" in word)


last = None
counts = collections.defaultdict(lambda: [0, 0])
for line in lines:
    said = fields(line)
    if line.startswith("OK "):
        last = int(said["seq"])
    elif line.startswith("EVENT "):
        for metric in said.get("met", "").split(","):
            if metric:
                counts[said["queue"], metric][0] += 1
        if line.startswith("EVENT sla_breached "):
            counts[said["queue"], said["metric"]][1] += 1
        after = int(said["seq"])
    else:
        sys.exit(f"unexpected: {line}")
    if last is not None and after >= last:
        break

for (queue, metric), (met, breached) in sorted(counts.items()):
    print(queue, metric, met, breached)

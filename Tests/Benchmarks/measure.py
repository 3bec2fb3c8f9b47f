"""One run of a command, measured."""

import os
import pathlib
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]


class Measure:
    """One run of a command: seconds on the clock, seconds of the processor, megabytes at the most."""

    def __init__(self, command, folder=None, environment=None, limit=None):
        start = time.monotonic()
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(
                command, cwd=folder, env={**os.environ, **(environment or {})}, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=errors, start_new_session=True)
            deadline = start + limit if limit else None
            while True:
                pid, status, usage = os.wait4(process.pid, os.WNOHANG if deadline else 0)
                if pid:
                    break
                if time.monotonic() > deadline:
                    os.killpg(process.pid, 9)
                    os.wait4(process.pid, 0)
                    raise TimeoutError
                time.sleep(0.002)
            process.returncode = os.waitstatus_to_exitcode(status)
            self.wall = time.monotonic() - start
            self.processor = usage.ru_utime + usage.ru_stime
            self.memory = usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024)
            if process.returncode:
                errors.seek(0)
                raise SystemExit(f"{' '.join(map(str, command))}:\n{errors.read().decode()[-3000:]}")


def run_python(program, *arguments):
    """Runs one of the scripts beside this one: what it takes of memory must not count as that of what is measured, as
    Linux hands a process's greatest size on to those that it starts."""
    subprocess.run([sys.executable, HERE / program, *map(str, arguments)], check=True)


def built():
    subprocess.run(["swift", "build", "-c", "release", "--product", "sluice"], cwd=ROOT, check=True, stdout=sys.stderr)
    return ROOT / ".build/release/sluice"

"""A PostgreSQL server of the benchmark's own, and a relay in front of it that counts."""

import os
import pathlib
import pwd
import shutil
import socket
import struct
import subprocess
import threading
import time


def programs():
    """The folder of initdb and pg_ctl."""
    try:
        places = [subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True).stdout.strip()]
    except OSError:
        places = []
    places += [str(path) for path in sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    for place in places:
        if place and os.access(os.path.join(place, "initdb"), os.X_OK):
            return place
    raise SystemExit("initdb is in none of the places looked at: install PostgreSQL's server")


class Server:
    """A cluster on a unix socket in `folder`, with the settings that PostgreSQL comes with: fsync is on.

    As root it runs as the user `postgres`, as PostgreSQL refuses to run as root.
    """

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(mode=0o755, exist_ok=True)
        self.programs = programs()
        self.run_as = {}
        if os.geteuid() == 0:
            account = pwd.getpwnam("postgres")
            os.chown(self.folder, account.pw_uid, account.pw_gid)
            self.run_as = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        self.call("initdb", "-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C")
        with open(self.folder / "data/postgresql.conf", "a") as settings:
            settings.write(
                f"listen_addresses = ''\nunix_socket_directories = '{self.folder}'\nshared_buffers = 256MB\n"
                "autovacuum = off\nlogging_collector = off\n"
            )
        self.call("pg_ctl", "-D", "data", "-w", "-l", "log", "start")

    def call(self, program, *arguments):
        done = subprocess.run(
            [os.path.join(self.programs, program), *arguments], cwd=self.folder, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **self.run_as)
        if done.returncode:
            raise SystemExit(f"{program} failed: {done.stderr}")

    def psql(self, database, *arguments):
        """The command line of psql for `database`."""
        return ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", str(self.folder), "-U", "postgres", "-d", database,
                *arguments]

    def create(self, database, script):
        """Makes `database` anew, as `script` has it."""
        for statement in [f"DROP DATABASE IF EXISTS {database}", f"CREATE DATABASE {database}", "CHECKPOINT"]:
            subprocess.run(self.psql("postgres", "-c", statement), check=True, stderr=subprocess.DEVNULL)
        subprocess.run(self.psql(database, "-f", str(script)), check=True)

    def analyze(self, database):
        """Gives the catalogs the statistics that autovacuum would soon have given them."""
        subprocess.run(self.psql(database, "-c", "VACUUM ANALYZE"), check=True)

    def url(self, database, folder=None):
        return f"postgresql://postgres@/{database}?host={folder or self.folder}"

    def processor(self):
        """Seconds of the processor that ended sessions have taken, once all have ended that clients were connected to; 0
        where the system does not say."""
        try:
            process = int((self.folder / "data/postmaster.pid").read_text().split()[0])
            for _ in range(200):
                children = pathlib.Path(f"/proc/{process}/task/{process}/children").read_text().split()
                if not any(self.is_session(child) for child in children):
                    break
                time.sleep(0.01)
            fields = pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
            return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")
        except (FileNotFoundError, ProcessLookupError):
            return 0

    def is_session(self, process):
        """Whether it serves a client; one that has ended, and is not counted yet, has no command line any more."""
        try:
            line = pathlib.Path(f"/proc/{process}/cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            return False
        return not line or b"[local]" in line

    def stop(self):
        self.call("pg_ctl", "-D", "data", "-w", "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)


class Counts:
    def __init__(self):
        self.connections = self.trips = self.statements = self.sent = self.received = 0


class Relay:
    """Hands all that a client sends on to the server, and counts statements and round trips.

    A round trip starts when the client sends something while it is owed nothing. Answers are held back for a moment, so
    that a client which does not wait for them is not taken for one that does.
    """

    def __init__(self, server, folder):
        self.target = str(server.folder / ".s.PGSQL.5432")
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(exist_ok=True)
        self.counts = Counts()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.folder / ".s.PGSQL.5432"))
        self.listener.listen()
        threading.Thread(target=self.accept, daemon=True).start()

    def reset(self):
        self.counts = Counts()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            server = socket.socket(socket.AF_UNIX)
            server.connect(self.target)
            session = Session(client, server, self.counts)
            for work in [session.upstream, session.downstream]:
                threading.Thread(target=work, daemon=True).start()


class Session:
    """One connection through the relay."""

    DELAY = 0.002  # Seconds.
    ASKS_FOR_AN_ANSWER = b"SQ"  # Sync and the simple Query: the server ends its answer with ReadyForQuery.

    def __init__(self, client, server, counts):
        self.client, self.server, self.counts = client, server, counts
        self.owed = 1  # The answer to the start-up.
        self.unasked = False  # Something was sent, and no answer asked for yet.
        self.lock = threading.Lock()
        counts.connections += 1
        counts.trips += 1

    def upstream(self):
        pending, has_started = b"", False
        while chunk := self.client.recv(1 << 20):
            self.counts.sent += len(chunk)
            pending += chunk
            with self.lock:
                while True:
                    header = 1 if has_started else 0
                    if len(pending) < header + 4:
                        break
                    size = header + struct.unpack_from("!I", pending, header)[0]
                    if has_started:
                        if len(pending) < size:
                            self.unasked = True
                            break
                        kind = pending[:1]
                        if not self.owed and not self.unasked and kind != b"X":
                            self.counts.trips += 1
                        self.unasked = kind not in self.ASKS_FOR_AN_ANSWER
                        self.owed += not self.unasked
                        self.counts.statements += kind in b"PQ"
                    elif len(pending) < size:
                        break
                    has_started = True
                    pending = pending[size:]
            self.server.sendall(chunk)
        self.server.shutdown(socket.SHUT_WR)

    def downstream(self):
        pending = b""
        while chunk := self.server.recv(1 << 20):
            self.counts.received += len(chunk)
            pending += chunk
            at = answered = 0
            while len(pending) >= at + 5:
                end = at + 1 + struct.unpack_from("!I", pending, at + 1)[0]
                if len(pending) < end:
                    break
                answered += pending[at : at + 1] == b"Z"
                at = end
            pending = pending[at:]
            if answered:
                time.sleep(self.DELAY)
                with self.lock:
                    self.owed -= answered
            self.client.sendall(chunk)
        self.client.close()

"""Judges attempts by what they bring about, never by what they say of themselves.

    judge.py [--language py|jv|js|sh] [--policy base|shell] [--launcher FILE] [--only ID,…] [--out FILE] [--beside FILE]

Without a guard: in namespaces of its own (network, mounts, processes), with servers of its own on documentation
addresses, as an unprivileged user. Then nearly every attempt gets through; one that does not is void, since no guard
could be praised for it. With --launcher the same under a guard, by the same eyes. --out keeps the verdicts as a table; --beside shows those of another run next to them.

A verdict is "through" with its evidence, "stopped", or "died" where the program was gone before it answered.
"""
import argparse
import collections
import glob
import hashlib
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

from scene import ADDRESSES, BLOCKED4, HERE, OTHER4, PRIVATE4, Scene

UID = 10001
ANSWER, SETTLE = 15, 0.06
NAMED = re.compile(r"\b(?:py|jv|js|sh)-[a-z0-9-]+")
PROGRAMS = {"py": ["/usr/bin/python3", "-B", "{code}/attempts.py"], "js": ["/usr/bin/node", "{code}/attempts.mjs"],
            "sh": ["/bin/sh", "{code}/attempts.sh"],
            "jv": ["/usr/bin/java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m", "-cp", "{code}/classes",
                   "--add-modules=jdk.incubator.foreign", "--enable-native-access=ALL-UNNAMED", "Attempts"]}


def run(*words):
    subprocess.run(words, check=True)


class Lines:
    """A program whose output is read line by line beside everything else."""

    def __init__(self, words, **settings):
        # A session of its own: its end is by this group alone.
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, start_new_session=True, errors="replace",
                                        **settings)
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))
        self.lines.put(None)

    def next(self, seconds):
        try:
            return self.lines.get(timeout=seconds)
        except queue.Empty:
            return None

    def all(self):
        found = []
        while not self.lines.empty():
            line = self.lines.get()
            if line is not None:
                found.append(line)
        return found

    def stop(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()


class Place:
    """Namespaces of this process, with a decoy as the supervisor, or a launcher with a compiled policy."""

    def __init__(self, language, launcher, policy, binds):
        self.language = language
        self.launcher, self.policy = launcher, policy
        self.code = "/opt/attempts"
        self.new_root(binds)
        self.prepare()
        self.scene = Scene("", "/workspace", "/opt/sentinel", "/srv/services", UID)
        with tempfile.TemporaryDirectory() as folder:
            self.scene.programs_built(folder, self.code)
        self.servers = self.agent = None

    def new_root(self, binds):
        """A root of its own, with a sandbox's places on one file system and the machine's programs beside them."""
        root = "/mnt"
        run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", root)
        own = {"mnt", "opt", "srv", "workspace", "tmp", "run", "proc"}
        for name in own:
            os.mkdir(f"{root}/{name}")
        os.chmod(f"{root}/tmp", 0o1777)
        for entry in os.scandir("/"):
            if entry.name in own:
                continue
            if entry.is_symlink():
                os.symlink(os.readlink(entry.path), root + entry.path)
            elif entry.is_dir():
                os.mkdir(root + entry.path)
                run("mount", "--rbind", entry.path, root + entry.path)
        run("mount", "-t", "proc", "proc", f"{root}/proc")
        shutil.copytree(HERE, root + self.code, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(f"{HERE}/ordinary", f"{root}/opt/ordinary")
        shutil.copytree(f"{HERE}/../workloads/maven", f"{root}/opt/ordinary/maven")
        for source, target in binds.items():
            if source:
                os.makedirs(root + target)
                run("mount", "--bind", source, root + target)
        if self.launcher:
            shutil.copy(self.launcher, f"{root}/srv/launcher")
        # Not by chroot, in which the kernel gives nobody a user namespace.
        os.chdir(root)
        run("pivot_root", ".", ".")
        run("umount", "--lazy", ".")
        os.chdir("/")

    def prepare(self):
        for words in (("link", "set", "lo", "up", "multicast", "on"),
                      ("addr", "add", "203.0.113.1/24", "brd", "203.0.113.255", "dev", "lo"),
                      ("addr", "add", f"{PRIVATE4}/32", "dev", "lo"), ("addr", "add", "169.254.10.10/32", "dev", "lo"),
                      ("addr", "add", "2001:db8::66/128", "dev", "lo"), ("addr", "add", "2001:db8::10/128", "dev", "lo"),
                      ("route", "add", "239.0.0.0/8", "dev", "lo")):
            run("ip", *words)
        for name, value in (("ping_group_range", "0 2147483647"), ("conf/all/accept_source_route", "1"),
                            ("ip_unprivileged_port_start", "0"),
                            ("conf/lo/accept_source_route", "1"), ("icmp_echo_ignore_broadcasts", "1")):
            with open(f"/proc/sys/net/ipv4/{name}", "w", encoding="utf-8") as file:
                file.write(value)
        run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/usr/local/bin")
        # The interpreter starts as the distribution has it, whatever else has been tried on this machine.
        caches = "/usr/lib/python3.11/__pycache__"
        if os.path.isdir(caches):
            shutil.copytree(caches, "/srv/caches", ignore=shutil.ignore_patterns("sitecustomize*"))
            run("mount", "--bind", "/srv/caches", caches)
        if self.language == "jv":
            run("javac", "--add-modules", "jdk.incubator.foreign", "-nowarn", "-d", f"{self.code}/classes",
                *glob.glob(f"{self.code}/*.java"))
        with open("/srv/resolv.conf", "w", encoding="utf-8") as file:
            # A launcher resolves names itself, on loopback, and asks where a container engine has its own resolver.
            file.write(f"nameserver {'127.0.0.1' if self.launcher else ADDRESSES['dns']}\noptions timeout:1 attempts:1\n")
        run("mount", "--bind", "/srv/resolv.conf", "/etc/resolv.conf")
        os.chmod("/srv/resolv.conf", 0o644)

    def start(self, words, variables=None):
        """Everything new: the files, the servers, the supervisor and a program below it."""
        self.stop()
        scene = self.scene
        scene.build()
        with open(f"{self.code}/stage", "w", encoding="utf-8") as file:
            file.write(scene.settings())
        places = scene.places
        self.servers = Lines([
            sys.executable, f"{self.code}/world.py", f"forbidden={BLOCKED4},{OTHER4},{PRIVATE4},2001:db8::66,127.0.0.1,127.9.8.7,::1,169.254.10.10",
            "allowed=203.0.113.10:8080,203.0.113.20:8081,2001:db8::10:8080", f"dns={ADDRESSES['dns']},127.0.0.11",
            f"sockets={places['sockets']}", f"near={places['near_socket']}", f"abstract={ADDRESSES['abstract']}",
            f"passes={places['secret']}", f"broadcast={ADDRESSES['broadcast4']}", f"multicast={ADDRESSES['own4']}",
            f"watch={BLOCKED4},2001:db8::66"])
        if self.servers.next(10) != "ready":
            raise SystemExit("the servers do not start")
        scene.owned()
        shutil.rmtree(os.path.dirname(places["reports"]), ignore_errors=True)
        os.mkdir(os.path.dirname(places["reports"]))
        # With no guard, nothing but the policy is to stop an attempt: not even a folder's owner.
        for folder in ("/opt", "/workspace", "/run", os.path.dirname(places["reports"])):
            os.chown(folder, UID, UID)
        above = ["/usr/bin/python3", f"{self.code}/decoy.py", places["trail"], places["log"], places["reports"]]
        if self.launcher:
            above = [places["launcher"], "--policy", places["compiled"]]
            self.guarded()
        self.agent = Lines(
            ["setpriv", f"--reuid={UID}", f"--regid={UID}", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all", *above, "--", *words], stdin=subprocess.PIPE,
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": places["work"], "GUARD_WORD": scene.tokens["memory"], **(variables or {})}, cwd=places["work"])
        self.state = None

    def guarded(self):
        """The guard's own files are root's, as in an image; the policy is compiled by hand, and names its source's hash."""
        places = self.scene.places
        shutil.copy("/srv/launcher", places["launcher"])
        shutil.copy(f"{self.code}/policies/{self.policy}.yaml", places["policy"])
        with open(places["policy"], "rb") as file:
            source = hashlib.sha256(file.read()).hexdigest()
        with open(f"{self.code}/policies/{self.policy}.policy", encoding="utf-8") as file:
            lines = file.read().replace("SOURCE", source).splitlines()
        if "block-host bad.wide.test" in lines:
            # A word that only the supervisor holds, for whoever reads its memory.
            lines.insert(lines.index("block-host bad.wide.test") + 1, f"block-host {self.scene.tokens['memory']}.test")
        lines[-1] = f"end {len(lines) - 1}"
        with open(places["compiled"], "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        for place in ("launcher", "compiled", "policy", "code"):
            os.chown(places[place], 0, 0)
            if place != "policy":
                os.chown(os.path.dirname(places[place]), 0, 0)
        os.chmod(places["launcher"], 0o755)

    def stop(self):
        for one in (self.agent, self.servers):
            if one:
                one.stop()
        for pid in everybody(UID):
            os.kill(pid, signal.SIGKILL)

    def supervisor(self):
        """What can be done to it, as seen from outside; its first state is what it should be."""
        pid = self.agent.process.pid
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
                fields = file.read().rpartition(")")[2].split()
            with open(f"/proc/{pid}/limits", encoding="utf-8") as file:
                limits = file.read()
            with open(f"/proc/{pid}/oom_score_adj", encoding="utf-8") as file:
                oom = file.read()
            with open(f"/proc/{pid}/status", encoding="utf-8") as file:
                tracer = [line for line in file if line.startswith(("TracerPid", "Cpus_allowed"))]
        except OSError:
            return "gone"
        life = {"T": "stopped", "t": "stopped", "Z": "gone", "X": "gone"}.get(fields[0], "alive")
        return (life, limits, oom, tracer, fields[16], fields[38])

    def harm(self):
        now = self.supervisor()
        if self.launcher and now[0] != "alive" and self.ended():
            # The agent has ended itself, and the supervisor has written that down.
            return []
        if now == "gone" or now[0] != "alive":
            return ["supervisor " + (now if now == "gone" else now[0])]
        return [] if now == self.state else ["supervisor changed"]

    def ended(self):
        """Whether the newest trail says that the run came to its end."""
        folder = os.path.dirname(self.scene.places["trail"])
        trails = [entry for entry in os.scandir(folder) if entry.path != self.scene.places["trail"]]
        with open(max(trails, key=lambda entry: entry.stat().st_mtime_ns), encoding="utf-8") as file:
            return '"action":"end"' in file.read().splitlines()[-1]


def everybody(uid):
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                if os.stat(f"/proc/{name}").st_uid == uid:
                    yield int(name)
            except FileNotFoundError:
                continue


class Judge:
    def __init__(self, place, known):
        self.place, self.known = place, known
        self.fresh = False
        self.found = {}

    def arrivals(self, current):
        """Whoever is named in what arrived, or else whoever is being tried."""
        for line in self.place.servers.all():
            kind, how, where, data = line.split("\t")
            if kind == "forbidden":
                names = {name for name in self.longest(data)} or {current}
                for name in names:
                    self.found.setdefault(name, []).append(f"arrived {how} {where}")

    def longest(self, data):
        for text in NAMED.findall(data):
            # A name may run into the letters of what follows it.
            while text and text not in self.known:
                text = text[:-1]
            if text:
                yield text

    def judge(self, name):
        place, scene = self.place, self.place.scene
        if not self.fresh:
            place.start([word.format(code=place.code) for word in PROGRAMS[place.language]] + [f"{place.code}/stage"])
            time.sleep(0.2)
            place.state = place.supervisor()
            self.fresh = True
            if place.state == "gone":
                raise SystemExit("the program above the attempts has ended: it is told above why")
        before = scene.before(name)
        answer = None
        try:
            place.agent.process.stdin.write(name + "\n")
            place.agent.process.stdin.flush()
            answer = place.agent.next(ANSWER)
        except BrokenPipeError:
            pass
        time.sleep(SETTLE)
        self.arrivals(name)
        evidence = scene.said(answer or "")
        try:
            changes = scene.changes(before, scene.look(name), name)
        except FileNotFoundError:
            changes = ["changed while looked at"]
        harm = place.harm()
        self.found.setdefault(name, []).extend(evidence + changes + harm)
        if changes or harm or answer is None or not answer.startswith(name + "\t"):
            self.fresh = False
        else:
            scene.after(name)
        return answer


def table(code):
    with open(f"{code}/attempts.tsv", encoding="utf-8") as lines:
        head = next(lines).rstrip("\n").split("\t")
        rows = [dict(zip(head, line.rstrip("\n").split("\t"), strict=True)) for line in lines]
    return {row["id"]: row for row in rows}


def listed(language, code):
    words = [word.format(code=code) for word in PROGRAMS[language]] + ["list"]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()


def verdict(found, answer):
    return "through" if found else "died" if answer is None else "stopped"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--language", default="py", choices=sorted(PROGRAMS))
    parser.add_argument("--policy")
    parser.add_argument("--only")
    parser.add_argument("--out")
    parser.add_argument("--beside")
    parser.add_argument("--ordinary", metavar="REPOSITORY", help="the ordinary uses instead; with a Maven repository for one of them")
    parser.add_argument("--launcher", help="the guard's launcher, which then stands where the decoy does; wants --policy")
    parser.add_argument("--site", help="a folder of Python packages for them, where the distribution's are not installed")
    settings = parser.parse_args()
    if settings.launcher and not settings.policy:
        parser.error("a launcher wants a policy")
    if os.environ.get("GUARD_JUDGE") != "inside":
        os.environ["GUARD_JUDGE"] = "inside"
        os.execvp("unshare", ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private",
                              sys.executable, "-B", *sys.argv])
    # Opened before the place has a root of its own.
    out = open(settings.out, "w", encoding="utf-8") if settings.out else sys.stdout
    other = {}
    if settings.beside:
        with open(settings.beside, encoding="utf-8") as lines:
            other = dict(line.rstrip("\n").split("\t")[:2] for line in lines)
    place = Place(settings.language, settings.launcher, settings.policy or "base",
                  {settings.ordinary: "/tmp/repository", settings.site: "/opt/ordinary/site"})
    if settings.ordinary:
        ordinary(settings, place)
        return
    names = listed(settings.language, place.code)
    rows = table(place.code)
    differing = set(names) ^ {name for name in rows if name.startswith(settings.language + "-")}
    if differing:
        raise SystemExit(f"not in both, the table and the program: {' '.join(sorted(differing))}")
    if settings.policy:
        names = [name for name in names if rows[name]["policy"] == settings.policy]
    if settings.only:
        names = settings.only.split(",")
    report(place, names, rows, other, out)


def ordinary(settings, place):
    """The ordinary uses of a language: all of them have to work, with no guard and under one."""
    words = {"py": ["/usr/bin/python3", "-B", "/opt/ordinary/ordinary.py"], "js": ["/usr/bin/node", "/opt/ordinary/ordinary.mjs"],
             "sh": ["/bin/sh", "/opt/ordinary/ordinary.sh"], "jv": ["/usr/bin/java", "-cp", "/opt/ordinary", "Ordinary"]}[settings.language]
    if settings.language == "jv":
        run("javac", "-d", "/opt/ordinary", "/opt/ordinary/Ordinary.java")
    known = subprocess.run([*words, "list"], capture_output=True, text=True, check=True).stdout.split()
    variables = {"REPOSITORY": "/tmp/repository"}
    if settings.site:
        variables["PYTHONPATH"] = "/opt/ordinary/site"
    place.start(words, variables)
    place.agent.process.stdin.close()
    lines = []
    while (line := place.agent.next(120)) is not None:
        lines.append(line)
    place.stop()
    print(*[line for line in lines if not line.endswith(" ok")], sep="\n")
    print(*[f"{name} not heard of" for name in known if not any(line.startswith(name + " ") for line in lines)], sep="\n")
    print(f"{sum(f'{name} ok' in lines for name in known)} of {len(known)} ordinary uses work")


def report(place, names, rows, other, out):
    judge, answers, began = Judge(place, set(rows)), {}, time.monotonic()
    for name in names:
        answers[name] = judge.judge(name)
    time.sleep(1)
    judge.arrivals(names[-1])
    place.stop()
    families = collections.defaultdict(collections.Counter)
    for name in names:
        found = sorted(set(judge.found.get(name, [])))
        word = verdict(found, answers[name])
        families[rows[name]["family"]][word] += 1
        said = (answers[name] or "").partition("\t")[2][:100]
        columns = [name, word, *([other.get(name, "not tried")] if other else []), rows[name]["expect"], "; ".join(found)[:200], said]
        print(*columns, sep="\t", file=out)
    for family, counts in sorted(families.items()):
        print(f"{family:12} {dict(counts)}", file=sys.stderr)
    total = sum(families.values(), collections.Counter())
    print(f"{len(names)} attempts, {dict(total)}, {time.monotonic() - began:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()

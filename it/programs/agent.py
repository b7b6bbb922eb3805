"""Each program fetches from a host of its own, once as the profile has it, and once without the settings that it follows.

A line for each: "NAME passed" or "NAME failed", with what it said when it failed; then what direct sockets come to.
  agent.py programs|more ADDRESS-OF-THE-HOST
"""
import os
import socket
import subprocess
import sys
import tempfile

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
JVM = ("JAVA_TOOL_OPTIONS",)
MAVEN = """
    cp -r /opt/workloads/maven/src /opt/programs/pom.xml .
    %s -B -ntp -q -Psandbox -Dmaven.repo.local=repository package
    test -s target/greeting-1.jar
    """
PROGRAMS = {
    "maven": (JVM, MAVEN % "mvn"),
    "java-url": (JVM, 'test "$(java -cp /opt/programs/classes Get url https://java-url.programs.test/hello)" = hello'),
    "java-http": (JVM, 'test "$(java -cp /opt/programs/classes Get http https://java-http.programs.test/hello)" = hello'),
    "pip": (PROXIES, """
    pip -q --no-cache-dir --disable-pip-version-check --retries 0 install --index-url https://pip.programs.test \
        --target site greeting
    test "$(PYTHONPATH=site python3 -c 'import greeting; print(greeting.WORD)')" = hello
    """),
    "npm": (PROXIES, """
    npm --registry https://npm.programs.test --cache cache --no-audit --no-update-notifier --fetch-retries 0 \
        install greeting
    test "$(node -p 'require("greeting")')" = hello
    """),
    "git": (PROXIES, """
    git clone -q https://git.programs.test/greeting.git .
    test "$(cat greeting)" = hello
    """),
    "apt": (PROXIES, """
    mkdir -p lists/partial cache/archives/partial
    echo "deb [trusted=yes] https://apt.programs.test ./" >sources
    cat >apt.conf <<CONF
Dir::Etc { SourceList "$PWD/sources"; SourceParts "/dev/null"; };
Dir::State::Lists "$PWD/lists";
Dir::Cache "$PWD/cache";
CONF
    export APT_CONFIG="$PWD/apt.conf"
    apt-get -q update
    apt-get -q download greeting
    test -s greeting_1.0_all.deb
    """),
    "curl": (PROXIES, 'test "$(curl -sS https://curl.programs.test/hello)" = hello'),
    "wget": (PROXIES, 'test "$(wget -q -O - -t 1 https://wget.programs.test/hello)" = hello'),
    "go": (PROXIES, 'test "$(/opt/programs/get-go https://go.programs.test/hello)" = hello'),
    "plain": (PROXIES, 'test "$(curl -sS http://plain.programs.test/hello)" = hello'),
}
MORE = {
    "maven-3.9": (JVM, MAVEN % "/workspace/maven-3.9/bin/mvn"),
    # It does not even start without a home.
    "maven-4": (JVM, MAVEN % "/workspace/maven-4/bin/mvn"),
}
# What is inside is asked directly: the sidecar denies addresses.
INSIDE = """
    python3 -u -m http.server --bind 127.0.0.1 8011 >log 2>&1 &
    trap "kill $!" EXIT
    until grep -q Serving log; do sleep 0.1; done
    for host in localhost 127.0.0.1; do
        for client in url http; do java -cp /opt/programs/classes Get $client http://$host:8011/ >page; done
        curl -sSf http://$host:8011/ >page
    done
    """


def run(program, without):
    environment = {name: value for name, value in os.environ.items() if name not in without}
    if without:
        # Nothing answers for other names than the sidecar's, and by default that is waited for.
        environment["RES_OPTIONS"] = "timeout:1 attempts:1"
    with tempfile.TemporaryDirectory(dir="/workspace", ignore_cleanup_errors=True) as folder:
        try:
            ended = subprocess.run(["sh", "-euc", program], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)
            return ended.returncode == 0, ended.stdout
        except subprocess.TimeoutExpired as expired:
            return False, f"{expired}"


def direct(what, connect):
    try:
        connect()
        print(what, "passed", flush=True)
    except OSError as error:
        print(what, "failed", flush=True)
        print("   ", error, flush=True)


def report(label, passed, said):
    print(label, "passed" if passed else "failed", flush=True)
    if not passed:
        print("".join(f"    {line}\n" for line in said.splitlines()[:20]), end="", flush=True)


def main():
    for name, (settings, program) in (MORE if sys.argv[1] == "more" else PROGRAMS).items():
        report(name, *run(program, ()))
        report(name + " without its settings", *run(program, settings))
    report("inside", *run(INSIDE, ()))
    for port in (80, 443):
        direct(f"a socket to {port}", lambda: socket.create_connection((sys.argv[2], port), timeout=5).close())
    direct("a name", lambda: socket.getaddrinfo("direct.programs.test", 443))


main()

package io.sentinel.it;

import static io.sentinel.it.ProductionProject.BUNDLE;
import static io.sentinel.it.ProductionProject.KEY;
import static io.sentinel.it.ProductionProject.PINNED;
import static io.sentinel.it.ProductionProject.SPEC;

import java.util.stream.Stream;

/** The ways not to be ready for production. */
final class ProductionLacks {

    private ProductionLacks() {}

    /** A way not to be ready, what is told of it, and the words before the program. */
    record Row(String title, String told, Change change, String... words) {
        @Override
        public String toString() {
            return title;
        }
    }

    interface Change {
        void make(ProductionProject project) throws Exception;
    }

    static Change set(String name, String value) {
        return project -> project.variables.put(name, value);
    }

    /** By a shell in the project's folder. */
    static Change does(String script) {
        return project -> ProductionProject.sh("cd \"$0\"; " + script, project.folder.toString());
    }

    /** The same of a policy of its own, which is the one that is meant. */
    static Change policy(String script) {
        return project -> {
            does("echo 'allowed_commands: [cat, id]' >policy.yaml; " + script).make(project);
            project.variables.put("SENTINEL_POLICY_SHA256", project.sha256("policy.yaml"));
        };
    }

    static Change ed25519(String script) {
        return project -> {
            project.variables.remove("SENTINEL_POLICY_SHA256");
            project.variables.put("SENTINEL_POLICY_PUBLIC_KEY", "../key.pub");
            project.variables.put("SENTINEL_POLICY_SIGNATURE", "../policy.sig");
            does("openssl genpkey -algorithm ed25519 -out ../key.pem; openssl pkey -in ../key.pem -pubout -out ../key.pub;"
                            + "openssl pkeyutl -sign -rawin -inkey ../key.pem -in " + BUNDLE
                            + "sentinel.yaml -out ../policy.sig; " + script)
                    .make(project);
        };
    }

    static Stream<Row> rows() {
        String network = "has a network; use strict (--network none), or set SENTINEL_ALLOW_NETWORK_IN_PRODUCTION=true";
        return Stream.of(
                new Row("a bridge", "the profile standard " + network, project -> {}, "--network", "bridge"),
                new Row("the sidecar", "the profile proxied " + network, project -> {}, "--network", "proxied"),
                new Row(
                        "a misspelt yes for the network",
                        "the profile standard " + network,
                        set("SENTINEL_ALLOW_NETWORK_IN_PRODUCTION", "enabled"),
                        "--network",
                        "bridge"),
                new Row(
                        "a filter that logs",
                        "the system call filter's mode is log",
                        project -> {},
                        "--seccomp-mode",
                        "log"),
                new Row("no filter", "the system call filter's mode is off", project -> {}, "--seccomp-mode", "off"),
                new Row(
                        "a filter that logs, by a variable",
                        "SENTINEL_SECCOMP_MODE: the filter's mode is log, where the spec has enforce",
                        set("SENTINEL_SECCOMP_MODE", "log")),
                new Row(
                        "a filter that logs, by the spec",
                        "the system call filter's mode is log",
                        does("echo 'seccomp: {mode: log}' >>" + SPEC)),
                new Row(
                        "a policy that may change",
                        "SENTINEL_POLICY_IMMUTABLE is not true; set it",
                        project -> project.variables.remove("SENTINEL_POLICY_IMMUTABLE")),
                new Row(
                        "a misspelt yes for the policy",
                        "SENTINEL_POLICY_IMMUTABLE is not true; set it",
                        set("SENTINEL_POLICY_IMMUTABLE", "ture")),
                new Row(
                        "no hash",
                        "nothing says which policy is meant",
                        project -> project.variables.remove("SENTINEL_POLICY_SHA256")),
                new Row(
                        "what is no hash",
                        "SENTINEL_POLICY_SHA256 is not 64 hexadecimal digits",
                        set("SENTINEL_POLICY_SHA256", "<sha256-of-policy-content>")),
                new Row(
                        "another hash",
                        "and SENTINEL_POLICY_SHA256 is 00",
                        set("SENTINEL_POLICY_SHA256", "0".repeat(64))),
                new Row(
                        "another policy than the pinned one",
                        "and sandbox.lock has ",
                        does("sed -i 's/^policy: .*/policy: {allowed_commands: [git]}/' " + SPEC)),
                new Row(
                        "a user's policy",
                        "policy.yaml is of user 1234, not of root",
                        policy("chown 1234 policy.yaml"),
                        "--policy",
                        "policy.yaml"),
                new Row(
                        "a policy that a group may write",
                        "policy.yaml can be written by others than root (mode 0664)",
                        policy("chmod 664 policy.yaml"),
                        "--policy",
                        "policy.yaml"),
                new Row(
                        "a link to a policy",
                        "link.yaml is a symbolic link",
                        policy("ln -s policy.yaml link.yaml"),
                        "--policy",
                        "link.yaml"),
                new Row(
                        "a policy in the workspace",
                        "which lies in the workspace or leads through it, where an agent could have changed it; move it out of sandbox-workspace",
                        policy("cp policy.yaml sandbox-workspace/p.yaml"),
                        "--policy",
                        "sandbox-workspace/p.yaml"),
                new Row(
                        "a policy in a user's folder",
                        "project/other is of user 1234, not of root",
                        policy("mkdir other; cp policy.yaml other; chown 1234 other"),
                        "--policy",
                        "other/policy.yaml"),
                new Row(
                        "a policy in a folder that all may write",
                        "project/other can be written by others than root (mode 0777)",
                        policy("mkdir -m 777 other; cp policy.yaml other"),
                        "--policy",
                        "other/policy.yaml"),
                new Row(
                        "a policy below a link to a user's folder",
                        "project/other is of user 1234, not of root",
                        policy("mkdir other; cp policy.yaml other; chown 1234 other; ln -s other way"),
                        "--policy",
                        "way/policy.yaml"),
                new Row(
                        "a user's bundle",
                        "sentinel.yaml is of user 1234, not of root",
                        does("chown 1234 " + BUNDLE + "sentinel.yaml")),
                new Row(
                        "a base that is not pinned",
                        "the base image sentinel-base:1 is not pinned; run mvn sentinel:pin",
                        does("rm " + PINNED)),
                new Row(
                        "a sidecar that is not pinned",
                        "the sidecar's base image sentinel-base:2 is not pinned; run mvn sentinel:pin",
                        does("echo 'profiles: {proxied: {from: \"sentinel-base:2\"}}' >>" + SPEC),
                        "--network",
                        "proxied"),
                new Row(
                        "a bundle with a changed file",
                        "says: docker-compose.yml was changed; find out",
                        does("echo '# changed' >>" + BUNDLE + "docker-compose.yml")),
                new Row(
                        "a bundle without a file",
                        "says: seccomp/sentinel-seccomp.json is missing; find out",
                        does("rm " + BUNDLE + "seccomp/sentinel-seccomp.json")),
                new Row(
                        "a bundle with a file too many",
                        "says: .env is not in sentinel.lock; find out",
                        does("touch " + BUNDLE + ".env")),
                new Row(
                        "a bundle without its lock",
                        "says: sentinel.lock is missing; find out",
                        does("rm " + BUNDLE + "sentinel.lock")),
                new Row(
                        "a bundle whose lock was edited",
                        "says: Dockerfile was changed; find out",
                        does("sed -i '/\"Dockerfile\"/s/sha256:......../sha256:00000000/' " + BUNDLE
                                + "sentinel.lock")),
                new Row(
                        "a bundle with another mode",
                        "the digest of the whole is another",
                        does("chmod a-x " + BUNDLE + "scripts/entrypoint.sh")),
                new Row(
                        "a waiver that ended",
                        "the waiver of NET-7 ended on 2020-02-29",
                        does("echo 'verify: {waivers: [{rule: NET-7, reason: old, until: 2020-02-29}]}' >>" + SPEC)),
                new Row(
                        "more memory than the spec's",
                        "--memory: memory is 1g, where the spec has 100m; leave it out",
                        project -> {},
                        "--memory",
                        "1g"),
                new Row(
                        "more time than the spec's",
                        "--timeout: timeout is 1000m, where the spec has 10m; leave it out",
                        project -> {},
                        "--timeout",
                        "1000m"),
                new Row(
                        "another HMAC",
                        "the policy's HMAC-SHA256 under SENTINEL_POLICY_HMAC_KEY is not SENTINEL_POLICY_HMAC_SHA256",
                        project -> {
                            project.variables.put("SENTINEL_POLICY_HMAC_KEY", KEY);
                            project.variables.put("SENTINEL_POLICY_HMAC_SHA256", "0".repeat(64));
                        }),
                new Row(
                        "an HMAC without a key",
                        "SENTINEL_POLICY_HMAC_SHA256 is set, and SENTINEL_POLICY_HMAC_KEY is not",
                        set("SENTINEL_POLICY_HMAC_SHA256", "0".repeat(64))),
                new Row(
                        "a signature of another policy",
                        "is not one of this policy by the key in",
                        ed25519("openssl pkeyutl -sign -rawin -inkey ../key.pem -in " + SPEC + " -out ../policy.sig")),
                new Row(
                        "a signature by another key",
                        "is not one of this policy by the key in",
                        ed25519("openssl genpkey -algorithm ed25519 | openssl pkey -pubout -out ../key.pub")),
                new Row(
                        "another kind of key",
                        "holds no Ed25519 public key",
                        ed25519("openssl genpkey -algorithm ed448 | openssl pkey -pubout -out ../key.pub")),
                new Row(
                        "a key in the workspace",
                        "which is in sandbox-workspace or leads through it, the agent's own folder",
                        ed25519("mv ../key.pub sandbox-workspace; ln -s project/sandbox-workspace/key.pub ..")),
                new Row(
                        "a key beside the spec",
                        "which is in src/main/sentinel, the spec's folder",
                        ed25519("mv ../key.pub src/main/sentinel; ln -s project/src/main/sentinel/key.pub ..")),
                new Row(
                        "a spec that asks for it, whatever a variable says",
                        SPEC + " says production: true, and this run is not ready for it; nothing was started:\n"
                                + "  - SENTINEL_POLICY_IMMUTABLE is not true",
                        project -> {
                            does("echo 'production: true' >>" + SPEC).make(project);
                            project.variables.put("SENTINEL_PRODUCTION", "false");
                            project.variables.remove("SENTINEL_POLICY_IMMUTABLE");
                        }));
    }
}

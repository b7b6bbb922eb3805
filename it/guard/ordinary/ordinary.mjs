// Ordinary work from Node, each in a folder of its own; prints "ID<tab>ok" at its end. As ordinary.py.
//
//   ordinary.mjs FOLDER ASKED     ordinary.mjs list
import assert from "node:assert/strict";
import child from "node:child_process";
import crypto from "node:crypto";
import dgram from "node:dgram";
import { once } from "node:events";
import fs from "node:fs";
import http from "node:http";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import readline from "node:readline";
import { pipeline } from "node:stream/promises";
import { Worker } from "node:worker_threads";
import zlib from "node:zlib";

const uses = {
  "js-files": () => {
    fs.mkdirSync("a/b", { recursive: true });
    fs.writeFileSync("a/b/c", "x");
    fs.renameSync("a", "d");
    fs.copyFileSync("d/b/c", "e");
    assert.deepEqual(fs.readdirSync("d/b"), ["c"]);
    fs.rmSync("d", { recursive: true });
  },
  "js-streams": async () => {
    fs.writeFileSync("x", Buffer.alloc(1 << 20, "x"));
    await pipeline(fs.createReadStream("x"), zlib.createGzip(), fs.createWriteStream("x.gz"));
    assert.equal(zlib.gunzipSync(fs.readFileSync("x.gz")).length, 1 << 20);
  },
  "js-temporary": () => fs.rmdirSync(fs.mkdtempSync(path.join(os.tmpdir(), "use-"))),
  "js-watch": async () => {
    const watcher = fs.watch(".");
    setTimeout(() => fs.writeFileSync("new", ""), 50);
    const [, name] = await once(watcher, "change");
    watcher.close();
    assert.equal(name, "new");
  },
  "js-worker": async () => {
    const one = new Worker("require('node:worker_threads').parentPort.postMessage(6 * 7)", { eval: true });
    assert.equal((await once(one, "message"))[0], 42);
  },
  "js-child": () => assert.equal(child.execFileSync("tr", ["a", "b"], { input: "aa", encoding: "utf8" }), "bb"),
  "js-shell": () => assert.equal(child.execSync("echo a | sed s/a/b/", { encoding: "utf8" }), "b\n"),
  "js-fork": async () => {
    fs.writeFileSync("c.mjs", "process.send('word')");
    assert.equal((await once(child.fork("c.mjs"), "message"))[0], "word");
  },
  "js-http": async () => {
    const server = http.createServer((_, answer) => answer.end("word")).listen(0, "127.0.0.1");
    await once(server, "listening");
    const answer = await fetch(`http://127.0.0.1:${server.address().port}/`, { headers: { connection: "close" } });
    assert.equal(await answer.text(), "word");
    server.close();
  },
  "js-local-socket": async () => {
    const server = net.createServer((one) => one.end("word")).listen(path.join(os.tmpdir(), `use-${process.pid}`));
    await once(server, "listening");
    assert.equal(String((await once(net.connect(server.address()), "data"))[0]), "word");
    server.close();
  },
  "js-datagram": async () => {
    const one = dgram.createSocket("udp4");
    one.bind(0, "127.0.0.1");
    await once(one, "listening");
    dgram.createSocket("udp4").unref().send("word", one.address().port, "127.0.0.1");
    assert.equal(String((await once(one, "message"))[0]), "word");
    one.close();
  },
  "js-allowed-name": async () => {
    const one = net.connect(8080, "allowed.test");
    one.write("word");
    assert.equal(String((await once(one, "data"))[0]), "word");
    one.destroy();
  },
  "js-crypto": () => assert.equal(crypto.createHash("sha256").update("x").digest("hex").length, 64),
  "js-signals": async () => {
    setTimeout(() => process.kill(process.pid, "SIGUSR2"), 20);
    await once(process, "SIGUSR2");
  },
};

const [home, asked] = process.argv.slice(2);
if (home === "list") {
  console.log(Object.keys(uses).join("\n"));
  process.exit();
}
for await (const name of readline.createInterface({ input: fs.createReadStream(asked) })) {
  const folder = fs.mkdtempSync(path.join(home, "use-"));
  process.chdir(folder);
  try {
    const late = new Promise((_, no) => setTimeout(no, 20000, new Error("took too long")));
    await Promise.race([uses[name](), late]);
    console.log(`${name}\tok`);
  } catch (error) {
    console.log(`${name}\tfailed: ${String(error).replaceAll("\n", " ")}`);
  }
  process.chdir(home);
  fs.rmSync(folder, { recursive: true });
}
process.exit();

// Node: workers, child processes, files and their changes, sockets, the thread pool.
import assert from 'node:assert/strict';
import { execFile, fork, spawn, spawnSync } from 'node:child_process';
import { pbkdf2, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, copyFileSync, openSync, watch, writeFileSync } from 'node:fs';
import { mkdtemp, open, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import { cpus, networkInterfaces, setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { gzip } from 'node:zlib';

const self = fileURLToPath(import.meta.url);

async function workers() {
  const shared = new Int32Array(new SharedArrayBuffer(4));
  const all = Array.from({ length: 4 }, () => new Worker(self, { workerData: shared }));
  await Promise.all(all.map((worker) => once(worker, 'message')));
  await Promise.all(all.map((worker) => worker.terminate()));
  assert.equal(shared[0], 4);
}

async function children() {
  const { stdout } = await promisify(execFile)('sh', ['-c', 'echo said']);
  assert.equal(stdout, 'said\n');
  assert.equal(spawnSync('cat', { input: 'through' }).stdout.toString(), 'through');
  const child = fork(self, ['child']);
  const [message] = await once(child, 'message');
  assert.equal(message, 'hello');
  const sleeping = spawn('sleep', ['100'], { detached: true, stdio: 'ignore' });
  sleeping.kill();
  assert.deepEqual(await once(sleeping, 'exit'), [null, 'SIGTERM']);
}

async function files() {
  const folder = await mkdtemp('files-');
  const seen = new Promise((resolve) => {
    const watcher = watch(folder, (event, name) => {
      watcher.close();
      resolve(name);
    });
  });
  writeFileSync(`${folder}/new`, randomBytes(1 << 20));
  assert.equal(await seen, 'new');
  copyFileSync(`${folder}/new`, `${folder}/copy`);
  await symlink('new', `${folder}/link`);
  await Promise.all(Array.from({ length: 50 }, (_, i) => writeFile(`${folder}/${i}`, String(i))));
  assert.equal((await readdir(folder)).length, 53);
  const file = await open(`${folder}/new`, 'r+');
  await file.truncate(10);
  await file.sync();
  await file.utimes(1, 2);
  assert.equal((await file.stat()).size, 10);
  await file.close();
  closeSync(openSync(`${folder}/new`, 'r'));
  await rm(folder, { recursive: true });
}

async function sockets() {
  const server = http.createServer((request, response) => response.end('ok')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const answer = await fetch(`http://127.0.0.1:${server.address().port}/`);
  assert.equal(await answer.text(), 'ok');
  server.close();
  server.closeAllConnections();
  const local = net.createServer((socket) => socket.end('local')).listen('socket');
  await once(local, 'listening');
  const [said] = await once(net.connect('socket'), 'data');
  assert.equal(said.toString(), 'local');
  local.close();
  assert.ok('lo' in networkInterfaces());
}

if (process.argv[2] === 'child') {
  process.send('hello');
} else if (!isMainThread) {
  Atomics.add(workerData, 0, 1);
  parentPort.postMessage('ready');
} else {
  await workers();
  await children();
  await files();
  await sockets();
  const keys = await Promise.all(
    Array.from({ length: 8 }, () => promisify(pbkdf2)('word', 'salt', 1000, 32, 'sha256')));
  assert.ok(keys.every((key) => key.equals(keys[0])));
  assert.ok((await promisify(gzip)(Buffer.alloc(1 << 20))).length < 1 << 12);
  assert.ok(cpus().length > 0);
  assert.equal(process.getuid(), 10001);
  setPriority(5);
  await sleep(5);
  console.log('passed');
}

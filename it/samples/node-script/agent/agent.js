// A worker thread, a child process and a file; then what should be denied.
const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const { isMainThread, parentPort, Worker } = require("node:worker_threads");

if (!isMainThread) {
  parentPort.postMessage([...Array(1000).keys()].reduce((sum, n) => sum + n, 0));
} else {
  new Worker(__filename).on("message", (sum) => {
    console.log(`work    a worker computed ${sum}`);
    console.log(`work    a child process said ${execFileSync("uname", ["-s"]).toString().trim()}`);
    fs.writeFileSync("/workspace/workspace/report.json", JSON.stringify({ sum }));
    for (const file of ["/etc/passwd", __filename, "/workspace/sentinel.yaml"]) {
      try {
        fs.appendFileSync(file, "x");
        console.log(`DONE    writing ${file}`);
      } catch (error) {
        console.log(`denied  writing ${file}: ${error.code}`);
      }
    }
    console.log(`network ${Object.keys(os.networkInterfaces())}`);
  });
}

# Node.js: worker threads, child processes, WebAssembly, digests and ciphers, a server over HTTP, streams.
# root: programs
cat > main.js <<'JS'
const { Worker, isMainThread, parentPort, workerData } = require('worker_threads');
if (!isMainThread) {
  const sum = new Int32Array(workerData);
  for (let i = 0; i < 100000; i++) Atomics.add(sum, 0, 1);
  parentPort.postMessage('done');
} else main();
async function main() {
  const once = (e, what) => new Promise(r => e.once(what, r));
  const shared = new SharedArrayBuffer(4);
  await Promise.all([1, 2, 3].map(() => once(new Worker(__filename, { workerData: shared }), 'exit')));
  console.log('workers', new Int32Array(shared)[0]);
  const { spawnSync, fork } = require('child_process');
  const shell = spawnSync('sh', ['-c', 'cat; echo error >&2; exit 3'], { input: 'input ' });
  console.log('shell', shell.stdout + shell.stderr + shell.status);
  if (process.argv[2] === 'child') { process.send({ twice: 42 }); return process.disconnect(); }
  const child = fork(__filename, ['child'], { silent: true });
  console.log('fork', await once(child, 'message'));
  // (module (func (export "f") (param i32) (result i32) local.get 0 i32.const 3 i32.mul))
  const wasm = Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 96, 1, 127, 1, 127, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0,
    10, 9, 1, 7, 0, 32, 0, 65, 3, 108, 11]);
  console.log('wasm', (await WebAssembly.instantiate(wasm)).instance.exports.f(14));
  const crypto = require('crypto');
  console.log('sha256', crypto.createHash('sha256').update('abc').digest('hex').slice(0, 16));
  const cipher = crypto.createCipheriv('aes-128-gcm', Buffer.alloc(16), Buffer.alloc(12));
  console.log('gcm', cipher.update('', 'utf8', 'hex') + cipher.final('hex') + cipher.getAuthTag().toString('hex'));
  const keys = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
  console.log('signed', crypto.verify('sha256', 'text', keys.publicKey, crypto.sign('sha256', 'text', keys.privateKey)));
  const http = require('http');
  const server = http.createServer((q, r) => r.end(q.url.toUpperCase())).listen(0, '127.0.0.1');
  await once(server, 'listening');
  http.get({ port: server.address().port, host: '127.0.0.1', path: '/path' }, r => {
    r.on('data', d => console.log('http', String(d)));
    r.on('end', () => server.close());
  });
  await once(server, 'close');
  let f = n => n < 2 ? n : f(n - 1) + f(n - 2);
  console.log('jit', f(25), [3, 1, 2].sort().join(), 2n ** 70n);
  process.on('SIGUSR2', () => { console.log('signal'); clearInterval(wait); });
  const wait = setInterval(() => 0, 1000);
  process.kill(process.pid, 'SIGUSR2');
}
JS
node main.js

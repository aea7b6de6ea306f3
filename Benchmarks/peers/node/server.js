// Node's http as a peer: server.js PORT WORKERS ANSWERS
//
// Answers every file under ANSWERS/files at its own path, with the fields in ANSWERS/fields.
'use strict';
const cluster = require('node:cluster');
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');

const [port, workers, folder] = process.argv.slice(2);

function readAnswers(root, parent, answers) {
  for (const entry of fs.readdirSync(root + parent, { withFileTypes: true })) {
    const target = path.posix.join(parent, entry.name);
    if (entry.isDirectory()) readAnswers(root, target, answers);
    else answers.set(target, fs.readFileSync(root + target));
  }
  return answers;
}

if (cluster.isPrimary && Number(workers) > 1) {
  for (let i = 0; i < Number(workers); i++) cluster.fork();
  cluster.on('exit', () => process.exit(1));
} else {
  const answers = readAnswers(path.join(folder, 'files'), '/', new Map());
  const fields = fs.readFileSync(path.join(folder, 'fields'), 'utf8').trim().split('\n')
    .map((line) => line.split(/: (.*)/).slice(0, 2));
  const server = http.createServer((request, response) => {
    const body = answers.get(request.url);
    if (body === undefined) return response.writeHead(404).end();
    for (const [name, value] of fields) response.setHeader(name, value);
    response.setHeader('Content-Length', body.length);
    response.end(body);
  });
  server.maxRequestsPerSocket = 0;
  server.listen(Number(port), '127.0.0.1', 4096);
}

// Node's http module as a peer, with a small handler: server.js PORT FOLDER
//
// GET and HEAD of the files under FOLDER, entity tags, If-None-Match, If-Modified-Since, gzip.
'use strict';
const crypto = require('node:crypto');
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const zlib = require('node:zlib');

const [port, folder] = process.argv.slice(2);
const METHODS = 'GET, HEAD, OPTIONS';

function representation(file, codings) {
  const plain = fs.readFileSync(file);
  const isCoded = plain.length >= 860 && /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(codings);
  const content = isCoded ? zlib.gzipSync(plain) : plain;
  const tag = `"${crypto.createHash('sha256').update(content).digest('hex').slice(0, 16)}"`;
  return { content, tag, isCoded, modified: fs.statSync(file).mtime };
}

function isUnchanged({ headers }, { tag, modified }) {
  const noneMatch = headers['if-none-match'];
  if (noneMatch !== undefined) {
    const tags = noneMatch.match(/"[^"]*"/g) ?? [];
    return noneMatch.trim() === '*' || tags.includes(tag);
  }
  const since = Date.parse(headers['if-modified-since']);
  return Math.floor(modified.getTime() / 1000) * 1000 <= since;
}

http.createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://h');
  if (request.method === 'OPTIONS') return response.writeHead(204, { Allow: METHODS }).end();
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return response.writeHead(405, { Allow: METHODS }).end('The method is not allowed here.\n');
  }
  if (pathname === '/ranges/well-known') {
    return response.writeHead(308, { Location: '/ranges/system' }).end();
  }
  const file = path.join(folder, path.posix.normalize(decodeURIComponent(pathname)));
  if (!fs.existsSync(file) || !fs.statSync(file).isFile()) {
    return response.writeHead(404).end('There is nothing here.\n');
  }
  const answer = representation(file, request.headers['accept-encoding'] ?? '');
  response.setHeader('Cache-Control', 'public, max-age=300');
  response.setHeader('ETag', answer.tag);
  response.setHeader('Vary', 'Accept-Encoding');
  if (isUnchanged(request, answer)) return response.writeHead(304).end();
  response.setHeader('Last-Modified', answer.modified.toUTCString());
  response.setHeader('Content-Type', 'application/json');
  response.setHeader('Content-Length', answer.content.length);
  if (answer.isCoded) response.setHeader('Content-Encoding', 'gzip');
  response.end(answer.content);
}).listen(Number(port), '127.0.0.1');

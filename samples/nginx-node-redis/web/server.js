'use strict';
// GET / counts and says who answers; GET /metrics is for Prometheus; GET /healthz asks Redis.

const fs = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const { createClient } = require('redis');

const redis = createClient({
  url: `redis://${process.env.REDIS_HOST}`,
  password: fs.readFileSync(process.env.REDIS_PASSWORD_FILE, 'utf8').trim(),
  disableOfflineQueue: true,
});
redis.on('error', (error) => console.error(`redis: ${error.message}`));
redis.connect();
let answered = 0;

async function answer(request, response) {
  switch (`${request.method} ${request.url}`) {
    case 'GET /': {
      const visits = await redis.incr('visits');
      answered++;
      return response.end(`${process.env.GREETING} ${os.hostname()}: visit ${visits}\n`);
    }
    case 'GET /metrics':
      response.setHeader('Content-Type', 'text/plain; version=0.0.4');
      return response.end(`# TYPE visits_answered_total counter\nvisits_answered_total ${answered}\n`);
    case 'GET /healthz':
      await redis.ping();
      return response.end('ok\n');
    default:
      response.statusCode = 404;
      return response.end('not found\n');
  }
}

const server = http.createServer((request, response) => {
  answer(request, response).catch((error) => {
    response.statusCode = 503;
    response.end(`redis does not answer: ${error.message}\n`);
  });
});

server.listen(3000);
process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeAllConnections();
});

'use strict';
// GET / counts and answers; GET /visits lists the last visits; GET /healthz asks the database.

const http = require('node:http');
const { MongoClient } = require('mongodb');

const client = new MongoClient(process.env.MONGO_CONNECTION_STRING, { serverSelectionTimeoutMS: 3000 });
const db = client.db('visits');

async function count(request) {
  await db.collection('visits').insertOne({ at: new Date(), agent: request.headers['user-agent'] ?? '' });
  const counter = await db
    .collection('counters')
    .findOneAndUpdate({ _id: 'visits' }, { $inc: { n: 1 } }, { upsert: true, returnDocument: 'after' });
  return counter.n;
}

async function answer(request, response) {
  switch (`${request.method} ${new URL(request.url, 'http://localhost').pathname}`) {
    case 'GET /':
      return response.end(`Hello! This page has been visited ${await count(request)} times.\n`);
    case 'GET /visits':
      return response.end(JSON.stringify(await db.collection('visits').find().sort({ at: -1 }).limit(10).toArray()));
    case 'GET /healthz':
      await db.command({ ping: 1 });
      return response.end('ok\n');
    default:
      response.statusCode = 404;
      return response.end('not found\n');
  }
}

const server = http.createServer((request, response) => {
  answer(request, response).catch((error) => {
    console.error(`${request.method} ${request.url}: ${error.message}`);
    response.statusCode = 503;
    response.end(`the database does not answer: ${error.message}\n`);
  });
});

server.listen(3000, () => console.log('listening on port 3000'));

process.on('SIGTERM', () => {
  server.close(() => client.close().finally(() => process.exit(0)));
  server.closeAllConnections();
});

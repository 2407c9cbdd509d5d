'use strict';

const http = require('node:http');
const ms = require('ms');

const server = http.createServer((request, response) => {
  response.end(`user ${process.getuid()}, up for ${ms(Math.ceil(process.uptime()) * 1000)}\n`);
});
server.listen(3000);
process.on('SIGTERM', () => server.close(() => process.exit(0)));

"""POST / keeps the body as a note; GET / lists them; GET /healthz asks the database."""
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg2


def query(sql, *values):
    connection = psycopg2.connect("", connect_timeout=3)  # where and who: PGHOST and its like
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall()
    finally:
        connection.close()


class Notes(BaseHTTPRequestHandler):
    def reply(self, sql, *values):
        try:
            status, text = 200, "".join(f"{row[0]}\n" for row in query(sql, *values))
        except psycopg2.Error as error:
            status, text = 503, f"the database does not answer: {error}\n"
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.reply("SELECT 'ok'" if self.path == "/healthz" else "SELECT text FROM note ORDER BY id, at")

    def do_POST(self):
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.reply("INSERT INTO note (text) VALUES (%s) RETURNING id", text)


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
ThreadingHTTPServer(("", 8000), Notes).serve_forever()

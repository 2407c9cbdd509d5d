"""GET / is counted; GET /metrics tells Prometheus how many there were."""
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

answers = count(1)
answered = 0


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        global answered
        if self.path == "/metrics":
            text = f"# TYPE web_answers_total counter\nweb_answers_total {answered}\n"
        else:
            answered = next(answers)
            text = "hello\n"
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("", 8000), Handler).serve_forever()

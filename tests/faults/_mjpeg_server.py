"""A Motion JPEG camera over HTTP that plays a clip over and over; ended with a signal."""

from __future__ import annotations

import argparse
import base64
import itertools
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import av
import cv2


def read_pictures(clip: str) -> list[bytes]:
    """A clip's pictures, each as a JPEG."""
    with av.open(clip) as container:
        images = (frame.to_ndarray(format="bgr24") for frame in container.decode(video=0))
        return [cv2.imencode(".jpg", image)[1].tobytes() for image in images]


def main() -> None:
    """Serve until killed; print ``ready`` once clients may come."""
    parser = argparse.ArgumentParser()
    parser.add_argument("clip")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--fps", type=float, default=15.0)
    parser.add_argument("--login", default="", help="user:password")
    arguments = parser.parse_args()
    pictures = read_pictures(arguments.clip)
    wanted = "Basic " + base64.b64encode(arguments.login.encode()).decode()

    class Camera(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if arguments.login and self.headers.get("Authorization") != wanted:
                self.send_response(401)
                self.send_header("WWW-Authenticate", 'Basic realm="camera"')
                self.end_headers()
                return
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
            self.end_headers()
            began_s = time.monotonic()
            try:
                for number in itertools.count():
                    time.sleep(max(0.0, began_s + number / arguments.fps - time.monotonic()))
                    data = pictures[number % len(pictures)]
                    head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}"
                    self.wfile.write(head.encode() + b"\r\n\r\n" + data + b"\r\n")
            except OSError:
                pass  # the other side has hung up

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", arguments.port), Camera)
    server.daemon_threads = True
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()

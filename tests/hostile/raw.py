"""Plain sockets to the daemon, and what its process holds: descriptors and memory."""

import os
import socket
import struct
import sys

sys.path.insert(1, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "e2e"))

import daemon  # noqa: E402  (needs the path above)

MIB = 1 << 20


class Connection:
    """Sends any bytes; reads answers as they come."""

    def __init__(self, address):
        host, port = address.rsplit(":", 1)
        self._socket = socket.create_connection((host, int(port)), daemon.PATIENCE)
        self._held = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def say(self, data):
        """False if the daemon has closed the connection."""
        try:
            self._socket.sendall(data)
            return True
        except (BrokenPipeError, ConnectionResetError):
            return False

    def finish(self):
        """Closes the sending side only."""
        try:
            self._socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the daemon was first

    def close(self):
        self._socket.close()

    def reset(self):
        """Closes with an RST instead of a FIN."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()

    def _more(self):
        try:
            data = self._socket.recv(1 << 16)
        except ConnectionResetError:
            data = b""
        self._held += data
        return data

    def answer(self):
        """The next one -> (status, body); None if the connection ends first."""
        while b"\r\n\r\n" not in self._held:
            if not self._more():
                return None
        head, _, rest = self._held.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        length = next(int(line.split(":")[1]) for line in lines if line.lower().startswith("content-length:"))
        while len(rest) < length:
            data = self._more()
            if not data:
                return None
            rest += data
        self._held = rest[length:]
        return int(lines[0].split()[1]), rest[:length]

    def answers(self):
        """The statuses of all that come until the daemon closes the connection."""
        statuses = []
        while answer := self.answer():
            statuses.append(answer[0])
        return statuses


def descriptors(process):
    return len(os.listdir(f"/proc/{process.pid}/fd"))


def resident_bytes(process):
    with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) << 10 for line in file if line.startswith("VmRSS:"))

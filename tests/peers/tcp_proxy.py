"""A TCP proxy that breaks connections on demand: after so many bytes, or when something has become true."""
import contextlib
import select
import socket
import struct
import threading

CHUNK_BYTES = 4096
POLL_SECONDS = 0.002
# With it, close() sends a reset instead of an orderly end.
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class TcpProxy:
    """Passes 127.0.0.1:port on to 127.0.0.1:target. Every trouble happens once and must be asked for again.

    cut_after(n)      resets the connection on which the client has sent n bytes; the rest never arrives
    reset_when(what)  resets the connection before the next byte from the server to the client once what() is true
    hold_when(what)   passes nothing more in either direction once what() is true, until release()
    """

    def __init__(self, target):
        self.target = target
        self.longest = 0  # bytes from the client on the busiest connection since forget()
        self.troubles = 0  # that have happened
        self.held = threading.Event()
        self._cut_at = self._reset_if = self._hold_if = None
        self._released = threading.Event()
        self._lock = threading.Lock()
        self._stopping = False
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=50)
        self.port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def cut_after(self, count):
        self._cut_at = count

    def reset_when(self, what):
        self._reset_if = what

    def hold_when(self, what):
        self.held.clear()
        self._released.clear()
        self._hold_if = what

    def release(self):
        self._released.set()

    def forget(self):
        """No trouble any more; counting starts anew."""
        self._cut_at = self._reset_if = self._hold_if = None
        self._released.set()
        self.longest = 0

    def close(self):
        self._stopping = True
        self._released.set()
        self._listener.close()

    def _accept(self):
        while not self._stopping:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with client:
            try:
                server = socket.create_connection(("127.0.0.1", self.target), 5)
            except OSError:
                self._reset(client)
                return
            with server, contextlib.suppress(OSError):
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._pass(client, server)

    def _pass(self, client, server):
        sent = 0
        while not self._stopping:
            ready, _, _ = select.select([client, server], [], [], POLL_SECONDS if self._hold_if else 0.1)
            if self._hold():
                continue
            if client in ready:
                data = client.recv(CHUNK_BYTES)
                if not data:
                    return
                allowed = self._take_cut(sent, len(data))
                if allowed is not None:
                    server.sendall(data[:allowed])
                    self._reset(client)
                    return
                server.sendall(data)
                sent += len(data)
                self.longest = max(self.longest, sent)
            if server in ready:
                data = server.recv(CHUNK_BYTES)
                if not data:
                    return
                if self._take_reset():
                    self._reset(client)
                    return
                client.sendall(data)

    def _take_cut(self, sent, more):
        """How many of the next `more` bytes still pass, when it is time to cut."""
        with self._lock:
            if self._cut_at is None or sent + more < self._cut_at:
                return None
            allowed, self._cut_at = max(self._cut_at - sent, 0), None
            self.troubles += 1
            return allowed

    def _take_reset(self):
        with self._lock:
            if not self._reset_if or not self._reset_if():
                return False
            self._reset_if = None
            self.troubles += 1
            return True

    def _hold(self):
        with self._lock:
            if not self._hold_if or not self._hold_if():
                return False
            self._hold_if = None
            self.troubles += 1
        self.held.set()
        self._released.wait()
        return True

    @staticmethod
    def _reset(client):
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)

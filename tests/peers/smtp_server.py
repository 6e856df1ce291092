"""A small SMTP server (RFC 5321) for tests: keeps what it takes, and answers as it is told."""
import socket
import threading
import types


class SmtpServer:
    """`replies` maps a command ("MAIL", "RCPT", "DATA", "." for the end of the data) to a list of replies that are
    given out first to last, one a command, before it goes back to saying yes. "cut" closes the connection."""

    def __init__(self):
        self.messages, self.replies, self.commands = [], {}, []
        self.port = 0
        self._listener = None
        self._connections = set()
        self._lock = threading.Lock()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    def start(self):
        """Again on the same port after stop()."""
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()
        return self

    def stop(self):
        if self._listener is None:
            return
        # Closing alone does not wake the thread that waits in accept.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._listener = None
        with self._lock:
            for connection in list(self._connections):
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def _accept(self, listener):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with self._lock:
                self._connections.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _reply(self, command, standard):
        with self._lock:
            self.commands.append(command)
            planned = self.replies.get(command)
            return planned.pop(0) if planned else standard

    def _serve(self, connection):
        try:
            with connection, connection.makefile("rwb") as stream:
                self._talk(stream)
        except OSError:
            pass
        finally:
            with self._lock:
                self._connections.discard(connection)

    def _talk(self, stream):
        def say(text):
            stream.write(text.encode() + b"\r\n")
            stream.flush()

        say("220 test ESMTP")
        sender, recipients = "", []
        while True:
            line = stream.readline()
            if not line:
                return
            text = line.decode().rstrip("\r\n")
            command = text.split(" ")[0].upper()
            standard = {"EHLO": "250-test\r\n250-8BITMIME\r\n250 SMTPUTF8", "DATA": "354 go on", "QUIT": "221 bye"}
            reply = self._reply(command, standard.get(command, "250 ok"))
            if reply == "cut":
                return
            if reply[0] in "23":
                if command in ("MAIL", "RSET"):
                    sender, recipients = text, []
                elif command == "RCPT":
                    recipients.append(text[text.index("<") + 1:text.index(">")])
            say(reply)
            if command == "QUIT":
                return
            if command == "DATA" and reply.startswith("354"):
                data = b""
                while not data.endswith(b"\r\n.\r\n"):
                    more = stream.readline()
                    if not more:
                        return
                    data += more
                reply = self._reply(".", "250 taken")
                if reply == "cut":
                    return
                if reply.startswith("2"):
                    content = data[:-3].replace(b"\r\n..", b"\r\n.")
                    with self._lock:
                        self.messages.append(types.SimpleNamespace(sender=sender, recipients=list(recipients),
                                                                   content=content))
                say(reply)

"""A small SMTP server (RFC 5321) for tests: keeps what it takes, and answers as it is told."""
import os
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import types


class Certificates:
    """An authority and a certificate of it for `host`, made by openssl."""

    def __init__(self, host="localhost"):
        self._folder = tempfile.TemporaryDirectory(prefix="smtp-ca-")
        at = lambda name: os.path.join(self._folder.name, name)
        self.authority, self.certificate, self.key = at("ca.pem"), at("cert.pem"), at("key.pem")

        def openssl(*arguments):
            subprocess.run(["openssl", *arguments], check=True, capture_output=True)

        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", at("ca.key"), "-out", self.authority,
                "-days", "2", "-subj", "/CN=test authority")
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", self.key, "-out", at("csr.pem"), "-subj", f"/CN={host}")
        with open(at("ext"), "w") as f:
            f.write(f"subjectAltName=DNS:{host},IP:127.0.0.1\n")
        openssl("x509", "-req", "-in", at("csr.pem"), "-CA", self.authority, "-CAkey", at("ca.key"), "-CAcreateserial",
                "-out", self.certificate, "-days", "2", "-extfile", at("ext"))


class SmtpServer:
    """`replies` maps a command ("MAIL", "RCPT", "DATA", "." for the end of the data) to a list of replies that are
    given out first to last, one a command, before it goes back to saying yes. "cut" closes the connection; a number
    waits so many seconds and then says yes; a function is called with the command's line and gives the reply.

    tls: Certificates, and STARTTLS is offered. offers: more lines of EHLO, such as PIPELINING."""

    def __init__(self, *, address="127.0.0.1", port=0, tls=None, offers=("8BITMIME", "SMTPUTF8"), login=None):
        self.messages, self.replies, self.commands = [], {}, []
        self.address, self.port = address, port
        self.tls, self.offers, self.login = tls, list(offers), login
        self.connections = 0
        self.open_now = self.open_most = 0
        self._listener = None
        self._connections = set()
        self._lock = threading.Lock()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    @property
    def url(self):
        return f"smtp://{self.address}:{self.port}"

    def start(self):
        """Again on the same port after stop()."""
        self._listener = socket.create_server((self.address, self.port))
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
                self.connections += 1
                self.open_now += 1
                self.open_most = max(self.open_most, self.open_now)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _reply(self, command, line, standard):
        with self._lock:
            self.commands.append(command)
            planned = self.replies.get(command)
            reply = planned.pop(0) if planned else standard
        if callable(reply):
            reply = reply(line) or standard
        if isinstance(reply, (int, float)):
            time.sleep(reply)
            reply = standard
        return reply

    def _serve(self, connection):
        try:
            with connection:
                self._talk(connection)
        except (OSError, ssl.SSLError):
            pass
        finally:
            with self._lock:
                self._connections.discard(connection)
                self.open_now -= 1

    def _talk(self, connection):
        stream = connection.makefile("rwb")
        encrypted = False

        def say(text):
            stream.write(text.encode() + b"\r\n")
            stream.flush()

        def hello():
            lines = ["test", *self.offers]
            if self.tls and not encrypted:
                lines.append("STARTTLS")
            if self.login:
                lines.append("AUTH PLAIN")
            return "\r\n".join(f"250{' ' if line is lines[-1] else '-'}{line}" for line in lines)

        greeting = self._reply("connect", "", "220 test ESMTP")
        if greeting == "cut":
            return
        say(greeting)
        if not greeting.startswith("220"):
            return
        sender, recipients, envelope = "", [], []
        while True:
            line = stream.readline()
            if not line:
                return
            text = line.decode().rstrip("\r\n")
            command = text.split(" ")[0].upper()
            standard = {"EHLO": hello(), "DATA": "354 go on", "QUIT": "221 bye", "STARTTLS": "220 go on",
                        "AUTH": "235 ok"}
            reply = self._reply(command, text, standard.get(command, "250 ok"))
            if reply == "cut":
                return
            if command == "RCPT" and not sender:
                reply = "503 5.5.1 MAIL first"
            if command == "MAIL" and reply[0] not in "23":
                sender, recipients, envelope = "", [], []
            if reply[0] in "23":
                if command in ("MAIL", "RSET"):
                    sender, recipients, envelope = (text if command == "MAIL" else ""), [], [text]
                elif command == "RCPT":
                    recipients.append(text[text.index("<") + 1:text.index(">")])
                    envelope.append(text)
            if command == "DATA" and reply.startswith("354") and not recipients:
                reply = "554 no valid recipients"
            say(reply)
            if command == "QUIT":
                return
            if command == "STARTTLS" and reply.startswith("220"):
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(self.tls.certificate, self.tls.key)
                connection = context.wrap_socket(connection, server_side=True)
                stream, encrypted = connection.makefile("rwb"), True
            if command == "DATA" and reply.startswith("354"):
                data = b""
                # The line end of DATA itself counts: a message without any line is a dot alone.
                while data != b".\r\n" and not data.endswith(b"\r\n.\r\n"):
                    more = stream.readline()
                    if not more:
                        return
                    data += more
                reply = self._reply(".", "", "250 taken")
                if reply == "cut":
                    return
                if reply.startswith("2"):
                    content = data[:-3].replace(b"\r\n..", b"\r\n.")
                    with self._lock:
                        self.messages.append(types.SimpleNamespace(
                            sender=sender, recipients=list(recipients), envelope=list(envelope), content=content,
                            encrypted=encrypted))
                say(reply)

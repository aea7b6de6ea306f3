"""Tickets: they resume on every loop and after a reload, and never carry early data."""
import signal
import ssl

from Support.wire import ask

from .harness import TLSTestCase, V1_2, V1_3, settings

LOOPS = 4
VISITS = 24


class ResumptionTests(TLSTestCase):

    @classmethod
    def arguments(cls):
        return "--workers", str(LOOPS)

    def visit(self, context: ssl.SSLContext, session: ssl.SSLSession | None):
        """One request; gives whether its handshake was short, and the ticket for the next."""
        with self.connect(context=context, session=session) as client:
            self.assertEqual(client.ask("/ports/443").status, 200)
            return client.socket.session_reused, client.socket.session

    def handshakes(self) -> dict[str, int]:
        lines = ask(self.program.admin, "/metrics").content.decode().splitlines()
        beginning = 'tls_handshakes_total{result="'
        pairs = [line.removeprefix(beginning).split('"} ') for line in lines
                 if line.startswith(beginning)]
        return {result: int(count) for result, count in pairs}

    def test_a_ticket_is_good_on_every_loop(self):
        for version in V1_2, V1_3:
            with self.subTest(version):
                before = self.handshakes()
                context = settings(lowest=version, highest=version)
                visits, session = [], None
                for _ in range(VISITS):
                    is_resumed, session = self.visit(context, session)
                    visits.append(is_resumed)
                self.assertEqual(visits, [False] + [True] * (VISITS - 1))
                after = self.handshakes()
                self.assertEqual(after["full"] - before["full"], 1)
                self.assertEqual(after["resumed"] - before["resumed"], VISITS - 1)

    def test_a_ticket_outlasts_a_reload(self):
        for version in V1_2, V1_3:
            with self.subTest(version):
                context = settings(lowest=version, highest=version)
                _, session = self.visit(context, None)
                line_count = len(self.program.lines)
                self.program.signal(signal.SIGHUP)
                self.program.said("reload", line_count)
                is_resumed, _ = self.visit(context, session)
                self.assertTrue(is_resumed)

    def test_nothing_is_compressed(self):
        with self.connect(context=settings(highest=V1_2)) as client:
            self.assertIsNone(client.socket.compression())

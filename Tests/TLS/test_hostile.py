"""Each hostile conversation with the program, and what it makes of a well-behaved client then."""
from .harness import FIGURES, TLSTestCase
from .hostile import CONVERSATIONS
from .wire import alive


class HostileTests(TLSTestCase):

    def hold(self, conversation, accepted):
        outcome = conversation(self.address)
        FIGURES.append(f"{conversation.__name__.replace('_', ' ')}: {outcome}")
        self.assertIn(outcome, accepted)
        self.assertTrue(alive(self.address), "a well-behaved client had to wait")


def add_test(conversation, accepted):
    def test(self):
        self.hold(conversation, accepted)
    setattr(HostileTests, f"test_{conversation.__name__}", test)


for conversation, accepted in CONVERSATIONS:
    add_test(conversation, accepted)

"""For cases that restart the daemon or set it up in their own way."""

import daemon
from case import Case, World


class OwnDaemon(Case):
    """Each case starts its own."""

    def start(self, *arguments):
        self.broker = self.enterContext(daemon.Broker(self.binaries[0], *arguments))
        self.ctl = daemon.Brokerctl(self.binaries[1], self.broker)
        self.reach()

    def reach(self):
        """Again after a restart, which gives it another port."""
        shared = type(self).world
        self.world = World(shared.protocol, "http://" + self.broker.http_address, self.ctl, shared.bridge)

    @property
    def port(self):
        return self.broker.http_address.rpartition(":")[2]

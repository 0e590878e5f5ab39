"""Public data from the network: one door, one small client a provider, all behind one interface."""

"""Loads by the hour, and the network the plants feed."""

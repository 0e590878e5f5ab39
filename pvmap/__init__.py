"""City-wide photovoltaic potential of roofs, abandoned mines and fishponds."""

__version__ = "0.1.0"

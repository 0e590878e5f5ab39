"""Colours that map, workbook and report share, told apart by readers of any colour vision."""

KIND_COLOURS = {"rooftop": "#D55E00", "mine": "#6B4C9A", "fishpond": "#0072B2"}
ALL_COLOUR = "#4D4D4D"  # of all kinds together

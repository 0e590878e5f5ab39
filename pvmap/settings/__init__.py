"""Every assumption of every stage, with unit, mark and source beside its value."""

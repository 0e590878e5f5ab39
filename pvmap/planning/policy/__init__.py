"""What policy asks for: classes, cases, targets."""

from pvmap.planning.policy.cases import gaps, policy_floor_kwp

__all__ = ["gaps", "policy_floor_kwp"]

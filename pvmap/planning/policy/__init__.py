"""What policy asks for: classes, cases, targets, the plan by year; and what planners' own scripts call of it."""

from pvmap.planning.policy.cases import gaps, policy_floor_kwp

__all__ = ["gaps", "policy_floor_kwp"]

"""EventBridge: who may be told, and schedules."""

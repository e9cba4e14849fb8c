"""CloudWatch Logs: who may write into a group."""

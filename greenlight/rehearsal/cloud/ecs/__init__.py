"""ECS: tasks as processes, deployments, and the targets of services."""

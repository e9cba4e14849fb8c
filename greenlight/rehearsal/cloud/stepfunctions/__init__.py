"""Step Functions: definitions, executions, their history and their permissions."""

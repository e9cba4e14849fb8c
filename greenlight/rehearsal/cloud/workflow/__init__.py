"""Step Functions as the rehearsal runs them: definitions, executions, their history and their permissions."""

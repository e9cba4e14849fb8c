"""Lambda functions as the rehearsal runs them: processes that see what the Python runtime of Lambda ships."""

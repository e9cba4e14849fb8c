"""Lambda: functions in processes that see what Lambda's Python runtime ships."""

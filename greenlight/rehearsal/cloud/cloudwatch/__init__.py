"""CloudWatch: series, metric math, alarms, and GetMetricData."""

"""CloudWatch as the rehearsal needs it: series, metric math and the state of alarms."""

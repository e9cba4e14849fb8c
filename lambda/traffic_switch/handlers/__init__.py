"""One Lambda function per state of the switch: read, judge, act, answer."""

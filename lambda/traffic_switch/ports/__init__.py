"""The narrow ports through which the switch touches AWS, one service each."""

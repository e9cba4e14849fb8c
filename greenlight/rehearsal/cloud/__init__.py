"""The local AWS: ministack, and what Greenlight adds to it."""

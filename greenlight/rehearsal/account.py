"""The account and the region of the local cloud; ministack's own account, since its keys name no other."""

ACCOUNT = "000000000000"
REGION = "us-east-1"

"""IAM: what a request is about, and the credentials of roles."""

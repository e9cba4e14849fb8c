"""What a rehearsed repository brings along in place of the real thing: packages, Docker, the AWS CLI."""

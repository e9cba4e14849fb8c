"""EC2: instances that run their user data for real, and the private addresses of subnets."""

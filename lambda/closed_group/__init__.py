"""Takes the rules of a VPC's default security group away."""

"""The function behind `Custom::GreenlightDeletionProtection`: the load balancer is protected last, and only then."""

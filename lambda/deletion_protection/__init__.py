"""The function behind `Custom::GreenlightDeletionProtection` and `Custom::GreenlightKeptListener`.

The load balancer is protected last of all, and no listener goes that users need.
"""

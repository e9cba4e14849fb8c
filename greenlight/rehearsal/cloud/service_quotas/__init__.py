"""Service Quotas: AWS's default values of the quotas that a deploy of Greenlight can meet."""

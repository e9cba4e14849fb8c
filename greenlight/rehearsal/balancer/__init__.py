"""Envoy in the place of an Application Load Balancer."""

"""Processes in place of containers: a service's own code with the container's environment, port and policy."""

"""An EC2 instance as its own scripts see it: bash, a home, and stand-ins for the few commands they call."""

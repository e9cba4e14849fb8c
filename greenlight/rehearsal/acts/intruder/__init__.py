"""The act of an attacker: a web page, another user of the machine, and a service that misbehaves."""

"""The daily look at how old the EC2 host is: it is patched by being replaced, and by nothing else."""

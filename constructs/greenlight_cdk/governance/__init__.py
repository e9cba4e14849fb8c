"""What a registry is told once in an account and region: scans, signatures, copies, caches of others' images."""

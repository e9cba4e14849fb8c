"""What the function reads and writes of AWS."""

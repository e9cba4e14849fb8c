"""What AWS would say of a deploy after ten minutes, said before it: checks that read, and change nothing."""

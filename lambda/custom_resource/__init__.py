"""What every custom resource's function does alike: read the request, wait out a new role, send the one answer."""

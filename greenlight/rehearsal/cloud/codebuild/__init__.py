"""CodeBuild: a build is a process of this machine, with the project's own commands and its role's credentials."""

"""CloudFormation resource types that the local cloud lacks or reads too little of, one module per family."""

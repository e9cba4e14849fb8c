"""The resource types of Greenlight's templates that the local cloud lacks, or reads too little of."""

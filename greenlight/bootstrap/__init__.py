"""What CloudFormation needs to deploy Greenlight, and no more: for the CDK's bootstrap, instead of an administrator."""

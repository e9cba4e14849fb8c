"""CloudFormation deployments: custom resources, exports and stack events as AWS has them."""

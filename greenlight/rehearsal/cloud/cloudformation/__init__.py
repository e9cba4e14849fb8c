"""CloudFormation: the engine (custom resources, exports, rollbacks, stack events) and resource types."""

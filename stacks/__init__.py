"""The CDK app's settings and one module per stack; stacks wire constructs and hold no logic."""

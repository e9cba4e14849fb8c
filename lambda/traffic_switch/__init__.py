"""The traffic switch at run time: a pure core, narrow ports to AWS, thin handlers."""

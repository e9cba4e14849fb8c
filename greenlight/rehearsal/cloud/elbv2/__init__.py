"""Elastic Load Balancing, version 2: its rules are ours, its records and answers are ministack's."""

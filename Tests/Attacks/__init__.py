"""Clients that mean harm: what the program does while they are there, and after."""

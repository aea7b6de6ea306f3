"""The program as an operator lives with it: reloads, restarts, logs, metrics, limits."""

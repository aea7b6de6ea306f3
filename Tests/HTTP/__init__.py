"""The API as its users see it: a running program, real sockets, and the tables as the truth."""

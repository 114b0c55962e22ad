"""The command line: the commands, and one way of failing readably for all of them."""

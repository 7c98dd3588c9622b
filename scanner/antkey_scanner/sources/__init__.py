"""Where subjects come from: files and folders, standard input, and later git."""

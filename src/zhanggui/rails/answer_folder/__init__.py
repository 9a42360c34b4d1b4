"""A folder for gateways that send no files: what we asked them for and have no last word of, and their answers, which
are offered to the books like files of a bank. Beside `bank_folder`, which hands files over and takes files in."""

"""Commands of the API portal; `config` lists them beside those of the shell."""

"""What is loaded into other people's programs, copied from here: never imported by ours."""

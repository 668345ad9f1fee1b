"""Styles and scripts of the pages, their build, and the names of the built files."""

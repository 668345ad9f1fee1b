"""What a web server serves, and what `flask --app wsgi` commands run in."""

from webapp.app import create_app

app = create_app()

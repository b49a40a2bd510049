"""The whole stack on a server, as docker-compose.yml starts it: its secrets, and what each part needs first."""

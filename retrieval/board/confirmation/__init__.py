"""The confirmation rounds on the web: the manager's pages, and the officers' behind a personal link."""
